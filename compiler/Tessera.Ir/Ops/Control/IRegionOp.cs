namespace Tessera.Ir.Ops;

/// <summary>
/// An op with regions. Regions are closed: what they use of the outside are the op's captures, its last operands, which are
/// the last parameters of every region in the same order. In ONNX a subgraph refers to them by their outer names.
/// </summary>
public interface IRegionOp
{
    /// <summary>How many of the last operands, and of the last parameters of each region, are captures.</summary>
    int CaptureCount { get; }

    IReadOnlyList<Region> Regions { get; }
}
