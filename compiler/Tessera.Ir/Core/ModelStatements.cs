namespace Tessera.Ir;

/// <summary>What a model says of itself and nothing here relies on.</summary>
/// <param name="Model">What is said of the model, its graph and its interface; null where nothing is.</param>
/// <param name="Outputs">The types of outputs, by name: sizes that inference does not know have a name there.</param>
public sealed record ModelStatements(Remark? Model, IReadOnlyDictionary<string, IrType> Outputs)
{
    /// <summary>Of a model made here.</summary>
    public static ModelStatements None { get; } = new(null, new Dictionary<string, IrType>());
}
