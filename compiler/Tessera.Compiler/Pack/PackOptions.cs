using Tessera.Onnx;
using Tessera.Passes.Packing;

namespace Tessera.Compiler.Pack;

/// <summary>How a padded model is packed.</summary>
public sealed record PackOptions
{
    /// <summary>The size that is the number of examples.</summary>
    public string Batch { get; init; } = "batch";

    /// <summary>The sizes that padding makes longer.</summary>
    public IReadOnlyList<string> Ragged { get; init; } = ["sequence"];

    /// <summary>Inputs that tell tokens from padding; none where the examples of a batch have one length.</summary>
    public IReadOnlyList<string> Masks { get; init; } = [];

    /// <summary>What a mask says of padding, by its name, where the model leaves it open (TSR0535): flags, or what is added to logits.</summary>
    public IReadOnlyDictionary<string, MaskForm> MaskForms { get; init; } = new Dictionary<string, MaskForm>();

    /// <summary>
    /// What the padding of an input holds, by the input's name, where a model depends on it: no element of an example may be less.
    /// </summary>
    public IReadOnlyDictionary<string, double> Padding { get; init; } = new Dictionary<string, double>();

    /// <summary>What the packed model takes and gives.</summary>
    public PackInterface Interface { get; init; }

    /// <summary>Whether it is checked at length: more batches, each rewritten site replayed. Without it, a few batches are tried.</summary>
    public bool Verify { get; init; }

    /// <summary>What may run the result.</summary>
    public EmitTarget Target { get; init; } = EmitTarget.Tessera;

    /// <summary>Version of <c>ai.onnx</c> to write; null keeps the model's, or the nearest that is written.</summary>
    public int? Opset { get; init; }

    /// <summary>Told what should not be overlooked.</summary>
    public Action<CompileWarning>? Warn { get; init; }

    /// <summary>Told what is being done.</summary>
    public Action<string>? Progress { get; init; }
}
