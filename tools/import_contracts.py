"""Rules for imports that import-linter does not bring along. Each looks at direct imports."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Import = tuple[str, str]  # importer, imported


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


class DirectImportContract(Contract):
    """Kept when `forbidden_imports` finds none."""

    advice = ""

    @abstractmethod
    def forbidden_imports(self, graph: ImportGraph) -> Iterator[Import]: ...

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # given signature
        found = sorted(set(self.forbidden_imports(graph)))
        lines = [
            (
                importer,
                imported,
                [d["line_number"] for d in graph.get_import_details(importer=importer, imported=imported)],
            )
            for importer, imported in found
        ]
        return ContractCheck(kept=not found, metadata={"found": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, numbers in check.metadata["found"]:
            where = ", ".join(f"l. {number}" for number in numbers)
            output.print_error(f"{importer} is not allowed to import {imported} ({where})")
        output.print(self.advice)
        output.new_line()


class PluginSurface(DirectImportContract):
    """Every root package beside `core` is a plugin: of `core` it may import `surface` alone, of plugins itself alone.

    `core` imports no plugin.
    """

    type_name = "plugin_surface"
    core = fields.StringField()
    surface = fields.StringField()
    advice = "What a plugin needs from the core comes through wf40.sdk; if no hook or service gives it, add one there."

    def forbidden_imports(self, graph: ImportGraph) -> Iterator[Import]:
        core, surface = str(self.core), str(self.surface)
        plugins = [name for name in self.session_options["root_packages"] if name != core]
        for importer in sorted(graph.modules):
            home = importer.partition(".")[0]
            if home not in (core, *plugins):
                continue
            for imported in graph.find_modules_directly_imported_by(importer):
                target = imported.partition(".")[0]
                names_plugin = target in plugins and target != home
                reaches_inside = target == core != home and not within(imported, surface)
                if names_plugin or reaches_inside:
                    yield importer, imported


class PrivateModule(DirectImportContract):
    """`<container>.<child>.<private>` is imported only from inside `<container>.<child>`."""

    type_name = "private_module"
    container = fields.StringField()
    private = fields.StringField()
    advice = "Use the other slice's service or queries, or a ref of wf40.sdk."

    def forbidden_imports(self, graph: ImportGraph) -> Iterator[Import]:
        for child in graph.find_children(str(self.container)):
            private = f"{child}.{self.private}"
            for imported in sorted(graph.modules):
                if within(imported, private):
                    importers = graph.find_modules_that_directly_import(imported)
                    yield from ((importer, imported) for importer in importers if not within(importer, child))


class OnlyImportedBy(DirectImportContract):
    """`imported` (a library or a module) is imported only from `importers`, which need not exist yet."""

    type_name = "only_imported_by"
    imported = fields.StringField()
    importers = fields.ListField(subfield=fields.StringField())
    advice = "Ask the packages named in the contract for what is needed."

    def forbidden_imports(self, graph: ImportGraph) -> Iterator[Import]:
        imported = str(self.imported)
        importers = cast("list[str]", self.importers)
        if imported not in graph.modules:
            return
        for importer in graph.find_modules_that_directly_import(imported):
            if not any(within(importer, allowed) for allowed in importers):
                yield importer, imported
