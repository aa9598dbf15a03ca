namespace Tessera.Nn;

/// <summary>What an entry module declares: inputs with their one-example types, names of outputs, ragged symbols.</summary>
public sealed record ModuleSignature(
    IReadOnlyList<InputDeclaration> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> Ragged)
{
    /// <summary>What is known of symbolic sizes, in text form: <c>n &gt;= 1</c>.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];

    /// <summary>Outputs whose types are declared, by name.</summary>
    public IReadOnlyList<OutputDeclaration> DeclaredOutputs { get; init; } = [];
}

/// <summary>A declared input.</summary>
/// <param name="Name">Its name in the model file.</param>
/// <param name="Type">Its one-example type as text: <c>f32[n, 768]</c>.</param>
public sealed record InputDeclaration(string Name, string Type);

/// <summary>A declared output.</summary>
/// <param name="Name">Its name in the model file.</param>
/// <param name="Type">Its one-example type as text: <c>f32[n, 10]</c>.</param>
public sealed record OutputDeclaration(string Name, string Type);

/// <summary>An output of a trace.</summary>
public sealed record NamedTensor(string Name, Tensor Value);
