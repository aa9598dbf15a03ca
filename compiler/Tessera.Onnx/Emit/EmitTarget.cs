namespace Tessera.Onnx;

/// <summary>What the runtime that is to run the model knows.</summary>
public enum EmitTarget
{
    /// <summary>Standard ops alone.</summary>
    Portable,

    /// <summary>Standard ops and those ONNX Runtime adds (<c>com.microsoft</c>).</summary>
    Ort,

    /// <summary>Standard ops and fused ones (<c>ai.tessera</c>), each with a function of standard ops beside it.</summary>
    Tessera,
}
