"""What the validating process does without: three fifths of Great Expectations' import, none of which our expectations
ask for.

It is stood in for, not taken away. A name may be imported from a stand-in, since modules do that at their top; whatever
is then done with it is refused, so that nothing runs without what it needs.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_GX = "great_expectations"
# Great Expectations itself does without these where they are not installed.
_ABSENT = ("docstring_parser", "sqlalchemy")
# Plots, tests of distributions, the network, web pages, figures of single columns.
_WHOLLY = ("altair", "marshmallow.validate", "requests", "scipy", f"{_GX}.metrics", f"{_GX}.render.view")
# Packages of which only these modules are needed: the sources of data, expectations and metrics that are ours.
_BUT_FOR = {
    f"{_GX}.datasource.fluent": {
        "batch_identifier_util",
        "batch_request",
        "config",
        "config_str",
        "constants",
        "data_asset",
        "data_connector",
        "fluent_base_model",
        "interfaces",
        "invalid_datasource",
        "metadatasource",
        "pandas_datasource",
        "signatures",
        "sources",
        "type_lookup",
    },
    f"{_GX}.expectations.core": {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_null",
    },
    f"{_GX}.expectations.metrics.column_aggregate_metrics": set(),
    f"{_GX}.expectations.metrics.column_map_metrics": {"column_values_in_set", "column_values_non_null"},
    f"{_GX}.expectations.metrics.column_pair_map_metrics": {"column_pair_values_equal", "column_pair_values_greater"},
    f"{_GX}.expectations.metrics.multicolumn_map_metrics": set(),
    f"{_GX}.expectations.metrics.query_metrics": set(),
}
# Asked while it is imported for a model of each of pandas' readers: none, as of a pandas that has no such reader.
_READERS, _MODELS = f"{_GX}.datasource.fluent.dynamic_pandas", "_generate_pandas_data_asset_models"


class LeftOutError(RuntimeError):
    """Something was asked of what is left out of the validating process."""


def leave_out() -> None:
    """From now on this process imports stand-ins; before Great Expectations is imported."""
    for name in _ABSENT:
        sys.modules[name] = None  # Python's own way to say that there is no such module
    sys.meta_path.insert(0, _Finder)


class _Refusing(type):
    """The type of the names in a stand-in."""

    def _refuse(cls, *_: object, **__: object) -> None:
        raise LeftOutError(f"{cls.__module__}.{cls.__name__} is left out of the validating process, and was asked for")

    __call__ = __instancecheck__ = __subclasscheck__ = _refuse

    def __getattr__(cls, name: str) -> None:
        if name.startswith("__"):  # typing asks every class for some of these
            raise AttributeError(name)
        cls._refuse()


class _StandIn(ModuleType):
    """A module that has every name."""

    __path__ = ()  # so it may have modules of its own

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):  # the import system asks for them
            raise AttributeError(name)
        made = _Refusing(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder:
    """Finds the stand-ins, and is what loads them."""

    @classmethod
    def find_spec(cls, name: str, path: object, target: object = None) -> ModuleSpec | None:
        package, _, module = name.rpartition(".")
        out = name in _WHOLLY or isinstance(sys.modules.get(package), _StandIn)
        return ModuleSpec(name, cls) if out or module not in _BUT_FOR.get(package, {module}) else None

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        if module.__name__ == _READERS:
            setattr(module, _MODELS, lambda *_, **__: {})
