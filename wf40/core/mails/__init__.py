"""Single mails that become drafts of conversations, and the attachments of conversations."""
