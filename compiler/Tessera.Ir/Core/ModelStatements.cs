namespace Tessera.Ir;

/// <summary>What a model says of itself and nothing here relies on.</summary>
/// <param name="Model">What it is said to be.</param>
/// <param name="Graph">What its graph is said to be.</param>
/// <param name="Values">What is said of inputs and outputs, by name.</param>
/// <param name="Outputs">The types of outputs, by name: sizes that inference does not know have a name there.</param>
public sealed record ModelStatements(
    string Model, string Graph, IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, IrType> Outputs)
{
    /// <summary>Of a model made here.</summary>
    public static ModelStatements None { get; } = new("", "", new Dictionary<string, string>(), new Dictionary<string, IrType>());
}
