# SPDX-License-Identifier: GPL-2.0-or-later
"""Specifiers and declarators to types."""

from __future__ import annotations

from collections.abc import Callable

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.foreign import Foreign
from engine.emmett.syntax.ast import (
    ArrayPart,
    BaseType,
    CallablePart,
    Declarator,
    EnumType,
    Expr,
    Field,
    Parameter,
    PointerPart,
    Specifiers,
    TypedefName,
    TypeName,
    Words,
)
from engine.emmett.syntax.ast import (
    StructType as StructTree,
)
from engine.emmett.syntax.location import Location
from engine.emmett.types.layout import Layout, LayoutError
from engine.emmett.types.models import EXPLICIT
from engine.emmett.types.types import (
    INT64,
    STRING,
    VOID,
    WRONG,
    AggregateType,
    ArrayType,
    BagType,
    CallableType,
    IntegerType,
    PointerType,
    StructType,
    Type,
    WrongType,
    size_of,
)

BAG_PAIRS = 256
"""Of `bag b;`."""
_LARGEST = 1 << 40
"""Bytes of an object in memory; more is a mistake."""
Evaluator = Callable[[Expr, str], int | None]


class Declared:
    """Makes types. `evaluate` computes a constant expression, or reports that it is none."""

    def __init__(self, context: Context, evaluate: Evaluator) -> None:
        self._context = context
        self._evaluate = evaluate
        self._foreign = Foreign(context)

    # --- base types ---

    def base(self, specifiers: Specifiers) -> Type:
        """The type before any declarator."""
        if len(specifiers.bases) != 1:
            words = "no type" if not specifiers.bases else "two types in one declaration"
            self._context.report("E611", specifiers.at, words, expected="one type, such as `int`")
            return WRONG
        return self._base(specifiers.bases[0])

    def _base(self, base: BaseType) -> Type:
        match base:
            case Words():
                return self._words(base)
            case TypedefName(name):
                return self._typedef(name, base.at)
            case StructTree():
                return self._structure(base)
            case EnumType():
                return self._enumeration(base)

    def _words(self, base: Words) -> Type:
        kind = integer_words(base.words)
        model = self._context.model
        if kind is not None:
            sizes = {"char": 1, "short": 2, "int": model.int_bytes, "long": model.long_bytes, "long long": 8}
            return IntegerType(" ".join(base.words), sizes[kind], model, "signed" in base.words)
        alone: dict[tuple[str, ...], Type] = {
            ("void",): VOID, ("string",): STRING, ("aggr",): AggregateType(0, 0), ("bag",): BagType(BAG_PAIRS),
        }  # fmt: skip
        if base.words not in alone:
            message = f"invalid type `{' '.join(base.words)}`"
            expected = "char, short, int or long, signed or unsigned, or void, string, bag, aggr"
            self._context.report("E611", base.at, message, expected=expected)
        return alone.get(base.words, WRONG)

    def _typedef(self, name: str, at: Location) -> Type:
        if name in self._context.symbols.typedefs:
            return self._context.symbols.typedefs[name]
        if name in EXPLICIT:
            return IntegerType(name, EXPLICIT[name], self._context.model, is_signed=not name.startswith("u"))
        found = self._foreign.typedef(name)
        if found is None:
            self._context.report("E612", at, f"unknown type `{name}`", expected="a type declared before")
        return WRONG if found is None else found

    # --- structures ---

    def _structure(self, tree: StructTree) -> Type:
        tags, tag = self._context.symbols.tags, "" if tree.tag is None else tree.tag.name
        key = f"{tree.word} {tag}"
        known = tags.get(key) if tag else None
        if known is None and tag and tree.fields is None:
            known = self._foreign.structure(tree.word, tag)
        if known is None:
            known = StructType(tree.word, tag, self._context.model)
        if tag:
            tags[key] = known
        if tree.fields is not None:
            if known.is_complete:
                self._context.report("E615", tree.at, f"`{key}` is defined twice", expected="another name")
                return known
            self._lay_out(known, tree.fields)
        return known

    def _lay_out(self, known: StructType, fields: tuple[Field, ...]) -> None:
        layout = Layout(known.word == "union")
        for field in fields:
            self._field(layout, field)
        layout.finish(known)

    def _field(self, layout: Layout, field: Field) -> None:
        context, base = self._context, self.base(field.specifiers)
        kind = base if field.declarator is None else self.declared(base, field.declarator)
        name = "" if field.declarator is None or field.declarator.name is None else field.declarator.name.name
        if isinstance(kind, StructType) and not kind.complete():
            context.undefined(kind, field.at)
        elif not isinstance(kind, IntegerType | PointerType | ArrayType | StructType | WrongType):
            context.report("E613", field.at, f"a member cannot be of type {kind}", expected="a type of guest memory")
        elif not name and field.bits is None and not isinstance(kind, StructType):
            context.report("E613", field.at, "this member has no name", expected="a name")
        else:
            offset = self._evaluate(field.offset, "the offset of a member") if field.offset is not None else None
            bits = self._evaluate(field.bits, "the width of a bit-field") if field.bits is not None else None
            try:
                layout.add(name, kind, offset, bits)
            except LayoutError as error:
                context.report("E613", field.at, str(error), expected=error.expected)

    def _enumeration(self, tree: EnumType) -> Type:
        symbols = self._context.symbols
        value = 0
        for name, expression in tree.items or ():
            if expression is not None:
                value = self._evaluate(expression, "the value of an enumerator") or 0
            if self._context.claim(name.name, name.at):
                symbols.constants[name.name] = value & (1 << 64) - 1
            value += 1
        if tree.items is not None and tree.tag is not None:
            symbols.enums.add(tree.tag.name)
        model = self._context.model
        return IntegerType(f"enum {tree.tag.name}" if tree.tag is not None else "enum", model.int_bytes, model)

    # --- declarators ---

    def declared(self, base: Type, declarator: Declarator | None) -> Type:
        """The type of what is declared: `base` with the pointers, arrays and parameters around the name."""
        kind = base
        if declarator is None or isinstance(base, WrongType):
            return kind
        if isinstance(base, AggregateType | BagType):
            return self._store(base, declarator)
        for part in reversed(declarator.parts):
            match part:
                case PointerPart():
                    kind = PointerType(kind, self._context.model)
                case ArrayPart(length):
                    kind = self._array(kind, length, declarator.at)
                case CallablePart(parameters):
                    kind = CallableType(kind, tuple(self.parameter(one) for one in named(parameters)))
        return kind

    def _array(self, element: Type, length: Expr | None, at: Location) -> Type:
        if isinstance(element, StructType) and not element.complete():
            self._context.undefined(element, at)
            return WRONG
        if not isinstance(element, IntegerType | PointerType | ArrayType | StructType):
            self._context.report("E611", at, f"no array of {element} is possible", expected="elements of guest memory")
            return WRONG
        count = 0 if length is None else self._evaluate(length, "the length of an array") or 0
        if count * max(1, size_of(element)) > _LARGEST:
            self._context.report("E611", at, f"an array of {count} elements is too large", expected="a smaller length")
            return WRONG
        return ArrayType(element, count, self._context.model)

    def _store(self, base: AggregateType | BagType, declarator: Declarator) -> Type:
        """`aggr name[integer keys][string keys]` or `bag name[pairs]`."""
        numbers = [
            self._evaluate(part.length, "a number of keys or pairs") if part.length is not None else 0
            for part in declarator.parts
            if isinstance(part, ArrayPart)
        ]
        most = 1 if isinstance(base, BagType) else 2
        if len(numbers) < len(declarator.parts) or len(numbers) > most:
            expected = "`bag name[PAIRS]`" if most == 1 else "`aggr name[INTEGER KEYS][STRING KEYS]`"
            self._context.report("E616", declarator.at, f"invalid declaration of {_article(base)}", expected=expected)
            return base
        keys = [number or 0 for number in numbers]
        if isinstance(base, BagType):
            return BagType(keys[0]) if keys else base
        return AggregateType(*[*keys, 0, 0][:2])

    def parameter(self, parameter: Parameter) -> Type:
        """The type of a parameter; arrays are pointers."""
        kind = self.declared(self.base(parameter.specifiers), parameter.declarator)
        if isinstance(kind, ArrayType):
            return PointerType(kind.element, kind.model)
        if not isinstance(kind, IntegerType | PointerType | type(STRING) | WrongType):
            expected = "an integer, a pointer or a string"
            self._context.report("E616", parameter.at, f"a parameter cannot be of type {kind}", expected=expected)
            return INT64
        return kind

    def named_type(self, name: TypeName) -> Type:
        """The type of a cast or `sizeof`."""
        return self.declared(self.base(name.specifiers), name.declarator)


def _article(kind: AggregateType | BagType) -> str:
    return "a bag" if isinstance(kind, BagType) else "an aggregate"


def named(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters; `(void)` has none."""
    if len(parameters) == 1 and parameters[0].declarator is None:
        bases = parameters[0].specifiers.bases
        if len(bases) == 1 and isinstance(bases[0], Words) and bases[0].words == ("void",):
            return ()
    return parameters


def integer_words(words: tuple[str, ...]) -> str | None:
    """Which of `char short int long` and `long long` some keywords mean; None when they mean no integer."""
    rest = sorted(word for word in words if word not in ("signed", "unsigned"))
    if len(words) - len(rest) > 1:
        return None
    shape = " ".join(rest)
    return {
        "": "int" if words else None, "char": "char", "short": "short", "int short": "short", "int": "int",
        "long": "long", "int long": "long", "long long": "long long", "int long long": "long long",
    }.get(shape)  # fmt: skip
