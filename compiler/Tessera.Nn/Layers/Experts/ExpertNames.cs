namespace Tessera.Nn.Layers;

/// <summary>How files name the matrices of an expert.</summary>
/// <param name="First">The one that is activated.</param>
/// <param name="Second">The one back to the model's width.</param>
/// <param name="Third">That of the gate's factor.</param>
public sealed record ExpertNames(string First, string Second, string Third)
{
    /// <summary><c>w1, w2, w3</c> (Mixtral).</summary>
    public static ExpertNames Numbered { get; } = new("w1", "w2", "w3");

    /// <summary><c>gate_proj, down_proj, up_proj</c> (DeepSeek, Qwen).</summary>
    public static ExpertNames Projections { get; } = new("gate_proj", "down_proj", "up_proj");

    /// <summary><c>gate_up_proj, down_proj</c>: the first matrix holds the gate.</summary>
    public static ExpertNames Joined { get; } = new("gate_up_proj", "down_proj", "up_proj");

    /// <summary><c>fc1, fc2</c>, as in <see cref="Mlp"/>.</summary>
    public static ExpertNames Layers { get; } = new("fc1", "fc2", "fc3");
}
