"""Prints the C of a library with the interface of the real one and nothing inside, for scripts/make-abi."""

import header

public = header.read()
print(f'#include "{header.HEADER}"')
for function in public.functions:
    print(function.text.rstrip(";"), "{ __builtin_trap(); }")

# libabigail compares what symbols lead to. It passes over enums without a name, and a struct that may grow has to
# be passed over as a whole (abi/allowed.abignore); so each constant, and each member's type and place, gets a
# symbol of its own. Numbers are told by arrays, which are longer by one.
for enum in public.of_kind("enum"):
    for constant in enum.constants:
        print(f"char constant_{constant.name}[{constant.name} + 1];")
for struct in public.of_kind("struct"):
    name = struct.name
    for member in struct.members:
        print(f"__typeof__((({name} *)0)->{member}) type_{name}_{member};")
        print(f"char offset_{name}_{member}[__builtin_offsetof({name}, {member}) + 1];")
    if name != "locjob_job":
        print(f"char size_{name}[sizeof({name})];")
