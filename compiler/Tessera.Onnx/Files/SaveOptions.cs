namespace Tessera.Onnx;

/// <summary>Where the weights of a saved model go.</summary>
public sealed record SaveOptions
{
    /// <summary>
    /// Weights go to a file beside the model when they take more bytes than this in all; and always when the model would
    /// otherwise pass the 2 GB that one protobuf message may have.
    /// </summary>
    public long ExternalAbove { get; init; } = 128L << 20;

    /// <summary>Tensors of fewer bytes stay in the model, where shape inference can see them.</summary>
    public long SmallestExternal { get; init; } = 1024;

    /// <summary>Bare name of the file beside the model; by default the model's with <c>.data</c> appended.</summary>
    public string? DataFileName { get; init; }
}
