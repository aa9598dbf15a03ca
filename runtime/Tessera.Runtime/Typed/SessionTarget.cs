namespace Tessera.Runtime;

/// <summary>An output of a run under its name, made by <see cref="SessionBuffer{T}.For"/>.</summary>
public readonly struct SessionTarget
{
    internal SessionTarget(string name, OutputBuffer? buffer, Func<long[], OutputBuffer>? withDims) => (Name, Buffer, WithDims) = (name, buffer, withDims);

    /// <summary>The output's name.</summary>
    public string Name { get; }

    /// <summary>Null for one that ONNX Runtime allocates.</summary>
    internal OutputBuffer? Buffer { get; }

    /// <summary>The buffer with sizes that are found, the number of elements standing for them until then; null where they are known.</summary>
    internal Func<long[], OutputBuffer>? WithDims { get; }
}
