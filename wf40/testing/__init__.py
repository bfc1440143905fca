"""What tests of the core and of plugins share: real servers, a real browser, factories, the conformance kit.

Nothing of the product imports this package; its own needs come with the extra `wf40[testing]`.
"""
