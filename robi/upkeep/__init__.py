"""Looking after what is kept, from the shell: forget, export, back up, restore, certificates.

`commands` and `certs_commands` are what a person sees; `forgetting`, `exporting`, `copies`,
`certs` and the like do the work. They name concrete classes, as the tree does, for there is no
actor here: beside a running server they only read its file, or ask it to do what is to be done.
"""
