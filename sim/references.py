"""Hands a tuple of arrays to compiled functions by its address, so that a call costs one number however many arrays there are."""

# mypy: disable-error-code="misc, untyped-decorator, attr-defined, name-defined"
# (Numba has no types to check against.)
from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.cpu import CPUTargetOptions
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed, lower_cast
from numba.core.options import TargetOptions
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model

# Numba knows the flag and has no option for it: what a reference points to is reached through that reference alone, so that no store
# into an array makes a function load the arrays' addresses anew.
CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")


class Reference(types.Type):
    """The address of a named tuple that an entry from Python keeps on its stack."""

    def __init__(self, to: Any) -> None:
        self.to = to
        super().__init__(name=f"Reference({to})")

    def can_convert_from(self, typingctx: Any, other: Any) -> Conversion | None:
        """Let a named tuple stand where its reference is wanted."""
        return Conversion.safe if other == self.to else None


@register_model(Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Reference) -> None:
        super().__init__(dmm, fe_type, cgutils.ir.PointerType(dmm.lookup(fe_type.to).get_value_type()))


@infer_getattr
class _ReferenceAttribute(AttributeTemplate):
    key = Reference

    def generic_resolve(self, reference: Reference, attr: str) -> Any:
        if attr in reference.to.fields:
            return reference.to.types[reference.to.fields.index(attr)]
        return None


@lower_getattr_generic(Reference)
def _load(context: Any, builder: Any, reference: Reference, value: Any, attr: str) -> Any:
    index = reference.to.fields.index(attr)
    found = builder.load(cgutils.gep_inbounds(builder, value, 0, index))
    return impl_ret_borrowed(context, builder, reference.to.types[index], found)


@lower_cast(types.NamedTuple, Reference)
def _refer(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return cgutils.alloca_once_value(builder, value)


@intrinsic
def reference_of(typingctx: Any, given: Any) -> Any:
    """Return the reference to a named tuple; a function entered from Python calls it once, before its loop."""
    reference = Reference(given)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return cgutils.alloca_once_value(builder, arguments[0])

    return reference(given), codegen
