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

    /// <summary>
    /// Bare name of the file beside the model. By default the model's with a hash of the data and <c>.data</c> appended: an old
    /// model then keeps its own data until it is replaced, whenever the writing is cut off. Under a name of your own, which is
    /// the same each time, it does not.
    /// </summary>
    public string? DataFileName { get; init; }
}
