"""Who works with whom in the demo town. Partners stand by their short names of ``demo_partners``."""

FIRMS_IN_NET = 16
AMONG_PARTNERS = (
    ("ihk seental", "cooperates", "hwk seental"),
    ("ihk seental", "cooperates", "hochschule seental"),
    ("digitalwerkstatt", "cooperates", "hochschule seental"),
    ("ihk seental", "finances", "digitalwerkstatt"),
    ("berufsschule", "cooperates", "hwk seental"),
    ("arbeitgeberservice seental", "cooperates", "berufsschule"),
    ("sparkasse seental", "member_of", "gewerbeverein"),
    ("sparkasse seental", "finances", "gruenderzentrum"),
    ("buergschaftsbank seenland", "cooperates", "sparkasse seental"),
    ("foerderbank seenland", "cooperates", "sparkasse seental"),
    ("energieagentur seental", "cooperates", "stadtwerke"),
    ("stadtwerke", "member_of", "gewerbeverein"),
    ("bergmann taeuber", "member_of", "unternehmensverband seental"),
    ("landratsamt seental", "cooperates", "bauordnungsamt"),
    ("gewerbepark seental", "rents_to", "gruenderzentrum"),
)
TO_FIRMS = (
    ("hwk seental", "advises", 2),
    ("hochschule seental", "researches_with", 2),
    ("digitalwerkstatt", "advises", 2),
    ("bergmann taeuber", "advises", 1),
    ("sparkasse seental", "finances", 2),
    ("energieagentur seental", "advises", 1),
    ("gewerbepark seental", "rents_to", 2),
    ("erfahrung teilen", "mentors", 1),
    ("berufsschule", "trains_for", 2),
    ("gewerbeverein", "member_of<", 4),
    ("unternehmensverband seental", "member_of<", 2),
)
SOURCES = ("Besuch im Betrieb", "Gespräch mit dem Partner", "Mitgliederliste", "Website", "")
