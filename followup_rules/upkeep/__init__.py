"""What keeps a store well: health, audit, forgetting, copies."""
