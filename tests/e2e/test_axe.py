"""The tests of all pages find barriers with axe: here that it does find them."""

from e2e_support import axe_faults


def test_barriers_are_found_and_named(page):
    page.set_content("<main><h1>Bild</h1><img src='data:,'><a href='/'></a><p style='color: #ccc'>blass</p></main>")
    faults = axe_faults(page)
    assert sorted(fault.partition(":")[0] for fault in faults) == [
        "color-contrast",
        "document-title",
        "html-has-lang",
        "image-alt",
        "link-name",
    ]
    assert any(fault.startswith("image-alt: ") and fault.endswith('at ["img"] <img src="data:,">') for fault in faults)
