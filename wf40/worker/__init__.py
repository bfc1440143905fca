"""Work outside of requests: a tick in UTC, what is due with leases, the outbox. Any number of workers may run."""
