"""The shell around all pages: layout, sessions, headers, error pages, languages. Knows hooks, no domain."""
