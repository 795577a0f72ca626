"""Plan packs, data only: installed as ``opcheck.demo``, where ``read_plan`` looks up a pack by its name.

The file is here because an editable installation finds a mapped folder only when it is a regular package.
"""
