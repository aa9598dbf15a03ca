using Microsoft.CodeAnalysis;

namespace Tessera.Generators.Analyzers;

/// <summary>Every diagnostic of the analyzers; <c>compiler/docs/diagnostics.md</c> lists the same, which a test holds.</summary>
public static class Rules
{
    public static readonly DiagnosticDescriptor NotPartial = Error(
        "TSR1001", "A module is partial",
        "Module '{0}' cannot be completed because '{1}' is not partial; write 'partial class {1}'");

    public static readonly DiagnosticDescriptor NotSealed = Warning(
        "TSR1002", "A module is sealed",
        "Module '{0}' is neither sealed nor abstract; write 'sealed partial class {0}'");

    public static readonly DiagnosticDescriptor KeptTensor = Error(
        "TSR1003", "A module keeps no tensor",
        "'{0}' keeps a Tensor in a module: a tensor belongs to one trace and dies with it; pass it through Forward, or declare a Parameter");

    public static readonly DiagnosticDescriptor TensorCondition = Error(
        "TSR1004", "Control flow does not depend on tensor data",
        "'{0}' is tensor data, which has no value while Forward is traced; select with Functional.Where, or branch on a constructor parameter");

    public static readonly DiagnosticDescriptor TensorIdentity = Warning(
        "TSR1005", "Tensors are not compared with ==",
        "'{0}' asks whether two variables hold the same graph value, not whether their data is equal; use Functional.Equal, or ReferenceEquals if identity is meant");

    public static readonly DiagnosticDescriptor HiddenChildren = Error(
        "TSR1006", "Children are members of their own or in a ModuleList",
        "'{0}' hides its modules in '{1}', where their weights get no names; use ModuleList<T>, or a property for each");

    public static readonly DiagnosticDescriptor CapturedChild = Error(
        "TSR1007", "A child is a property or field",
        "'{0}' is used through a captured constructor parameter and so is no child of '{1}'; store it in a property and use that");

    public static readonly DiagnosticDescriptor NoWayToConstruct = Error(
        "TSR1008", "An entry module can be made without arguments",
        "Entry module '{0}' has neither a constructor without arguments nor a [Preset] factory, so the tool and the build cannot make one");

    public static readonly DiagnosticDescriptor BadInput = Error(
        "TSR1009", "The type of an input is well-formed",
        "[Input(\"{0}\")]: {1}");

    public static readonly DiagnosticDescriptor UnknownRagged = Error(
        "TSR1010", "A ragged symbol is a size of an input",
        "[Ragged(\"{0}\")] names no size of an input of '{1}'; its inputs name {2}");

    public static readonly DiagnosticDescriptor DuplicateWeightName = Error(
        "TSR1011", "Weight names are distinct",
        "'{0}' and '{1}' have the same weight name '{2}'; rename one, or give it a [WeightName]");

    public static readonly DiagnosticDescriptor BadWeightName = Error(
        "TSR1012", "A weight name is one or more non-empty segments",
        "[WeightName(\"{0}\")] on '{1}' is no path segment; write names joined by dots, such as 'fc1' or 'mlp.0'");

    public static readonly DiagnosticDescriptor BadEntry = Error(
        "TSR1013", "The Forward of an entry module declares all its inputs and outputs",
        "Forward of entry module '{0}' {1}");

    public static readonly DiagnosticDescriptor BadPreset = Error(
        "TSR1014", "A preset is a static factory without parameters",
        "[Preset(\"{0}\")] on '{1}' cannot be called by name: it {2}");

    public static readonly DiagnosticDescriptor BadConstraint = Error(
        "TSR1015", "A constraint relates sizes of the inputs",
        "[Where(\"{0}\")]: {1}");

    public static readonly DiagnosticDescriptor ForeignBase = Error(
        "TSR1016", "The base class of a module is a module",
        "Module '{0}' derives from '{1}', which is no module; derive from Module, or hold a '{1}' instead");

    public static readonly DiagnosticDescriptor UnlistedChildren = Error(
        "TSR1017", "A module with children lists them",
        "'{0}' derives from Module and holds '{1}' but neither has [Module] nor overrides Members, so its weights get no names");

    public static readonly DiagnosticDescriptor BadOutput = Error(
        "TSR1018", "The type of an output is well-formed, and of an output",
        "[return: Output(\"{0}\")]: {1}");

    public static readonly DiagnosticDescriptor OpAttribute = Error(
        "TSR1101", "Attributes of ops compare floats by bits and arrays by content",
        "Op '{0}' keeps '{1}' as {2}: floats compare by bits and arrays by content; use {3}");

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        NotPartial, NotSealed, KeptTensor, TensorCondition, TensorIdentity, HiddenChildren, CapturedChild, NoWayToConstruct,
        BadInput, UnknownRagged, DuplicateWeightName, BadWeightName, BadEntry, BadPreset, BadConstraint, ForeignBase,
        UnlistedChildren, BadOutput, OpAttribute,
    ];

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Tessera", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static DiagnosticDescriptor Warning(string id, string title, string message) =>
        new(id, title, message, "Tessera", DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
