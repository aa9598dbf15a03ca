using Tessera.Generators.Infra;

namespace Tessera.Generators.Modules;

/// <summary>All that is written about one module. No symbols and no syntax: models are compared by value.</summary>
internal sealed record ModuleModel(
    TypeModel Type,
    bool AddsBase,
    bool CallsBaseMembers,
    bool AddsMembers,
    EquatableList<ChildModel> Children,
    EquatableList<ForwardModel> Forwards,
    LayerModel Layer,
    string? Header,
    EntryModel? Entry);

/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Containers">Declarations of the types around a nested module, outermost first.</param>
/// <param name="Declaration">Such as <c>partial class Block&lt;TNorm&gt;</c>.</param>
/// <param name="FullName">As another file writes it: <c>global::Models.Block</c>.</param>
/// <param name="IsPublic">Whether other assemblies see it.</param>
internal sealed record TypeModel(
    string HintName,
    string Namespace,
    EquatableList<string> Containers,
    string Declaration,
    string FullName,
    bool IsPublic);

/// <summary>A member that holds weights.</summary>
/// <param name="IsOptional">It may be null.</param>
/// <param name="IsInterface">It is a module behind an interface, so that its class is only known at run time.</param>
internal sealed record ChildModel(string Name, string Member, bool IsOptional, bool IsInterface);

/// <summary>One public <c>Forward</c>, for which an <c>Apply</c> is written.</summary>
/// <param name="Parameters">As declared: type, name, default.</param>
/// <param name="Arguments">As passed on.</param>
/// <param name="Anchor">The expression of the tensor whose graph knows the scope.</param>
/// <param name="Cref">What documentation inherits from.</param>
internal sealed record ForwardModel(string ReturnType, string Parameters, string Arguments, string Anchor, string Scope, string Cref);

/// <summary>How a module implements <c>ILayer</c>.</summary>
internal enum LayerModel
{
    None,

    /// <summary>The generated <c>Apply(Tensor)</c> implements it.</summary>
    Direct,

    /// <summary>Its <c>Apply</c> takes further optional arguments, so an explicit implementation passes on the tensor.</summary>
    Explicit,
}

/// <summary>The declared signature of an entry module and how to make one.</summary>
/// <param name="IsPublicToAssembly">Whether an attribute of the assembly can name the type.</param>
internal sealed record EntryModel(
    EquatableList<InputModel> Inputs,
    EquatableList<OutputModel> Outputs,
    EquatableList<string> Ragged,
    EquatableList<string> Constraints,
    EquatableList<PresetModel> Presets,
    bool HasDefault,
    bool AddsFactory,
    bool IsPublicToAssembly);

/// <param name="Parameter">The parameter of <c>Forward</c>.</param>
/// <param name="Type">A C# expression of the type's text.</param>
/// <param name="Declared">The type as it was declared, with its braces.</param>
internal sealed record InputModel(string Name, string Parameter, string Type, string Declared);

/// <param name="Element">The element of the returned tuple; null where one tensor is returned.</param>
/// <param name="IsOptional">It may be null, and is then no output of this model.</param>
/// <param name="Type">A C# expression of the declared type's text; null where none is declared.</param>
/// <param name="Declared">The type as it was declared, with its braces.</param>
internal sealed record OutputModel(string Name, string? Element, bool IsOptional, string? Type = null, string? Declared = null)
{
    /// <summary>What reads it from <c>outputs</c>, which <c>Forward</c> returned.</summary>
    public string Expression => Element is null ? "outputs" : $"outputs.{Names.Escaped(Element)}";
}

internal sealed record PresetModel(string Name, string Method);
