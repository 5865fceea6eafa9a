"""Years of somebody's life, made up from a seed, lived through by the product, and judged after every run.

`world` is what there is (a calendar, mail, notes, drafts and tasks), `memory` shows it to the product as plugins,
`life` makes things happen, `session` runs the product and `invariants` and `reference` judge what it did.
"""
