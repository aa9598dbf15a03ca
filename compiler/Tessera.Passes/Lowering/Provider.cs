namespace Tessera.Passes.Lowering;

/// <summary>What of ONNX Runtime runs a graph.</summary>
public enum Provider
{
    Cpu,
    Cuda,
}
