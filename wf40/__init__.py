"""wf40: a CRM for municipal business development that grows by plugins.

Only `app` puts everything together; every other package states in its own docstring what may enter.
"""

__version__ = "0.1.0"
