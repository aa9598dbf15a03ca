using Microsoft.ML.OnnxRuntime.Tensors;
using static Tessera.Runtime.Tests.Onnx;

namespace Tessera.Runtime.Tests.Scheduling;

/// <summary>Packed models written by hand.</summary>
internal static class PackedModels
{
    /// <summary>x[n, 2] doubled, and a row of 3 negated.</summary>
    public static byte[] Doubling() => Model(Graph(
        [Node("Add", ["x", "x"], ["y"]), Node("Neg", ["row"], ["z"])],
        [Tokens("x", 2), Value("row", TensorElementType.Float, "batch", 3), Offsets()],
        [Tokens("y", 2), Value("z", TensorElementType.Float, "batch", 3)]));

    /// <summary>Rows of a table of four at ids[n]: an id beyond it fails the whole run.</summary>
    public static byte[] Lookup() => Model(Graph(
        [Node("Gather", ["table", "ids"], ["y"])],
        [Value("ids", TensorElementType.Int64, "total_n"), Offsets()],
        [Value("y", TensorElementType.Float, "total_n")],
        [Floats("table", 10, 11, 12, 13)]));

    /// <summary>A result whose rows are told by offsets of its own: those of x, twice over.</summary>
    public static byte[] OwnOffsets() => Model(Graph(
        [
            Node("Concat", ["x", "x"], ["pairs"], IntAttribute("axis", 1)),
            Node("Flatten", ["pairs"], ["flat"], IntAttribute("axis", 2)),
            Node("Identity", ["flat"], ["y"]),
            Node("Add", ["cu_seqlens_n", "cu_seqlens_n"], ["cu_seqlens_y"]),
        ],
        [Tokens("x", 1), Offsets()],
        [Value("y", TensorElementType.Float, "2*total_n", 1), Value("cu_seqlens_y", TensorElementType.Int32, "batch + 1")]));

    /// <summary>Not packed at all.</summary>
    public static byte[] Dense() => Model(Graph(
        [Node("Neg", ["x"], ["y"])], [Value("x", TensorElementType.Float, "batch", 2)], [Value("y", TensorElementType.Float, "batch", 2)]));

    /// <summary>Packed, with a result that no example can be given its part of.</summary>
    public static byte[] Unowned() => Model(Graph(
        [Node("Neg", ["x"], ["y"])], [Tokens("x", 2), Offsets()], [Value("y", TensorElementType.Float, "other", 2)]));

    /// <summary>Packed, with an input whose rows nobody owns.</summary>
    public static byte[] UnownedInput() => Model(Graph(
        [Node("Neg", ["x"], ["y"])],
        [Tokens("x", 2), Value("prior", TensorElementType.Float, "2*total_n"), Offsets()],
        [Tokens("y", 2)]));

    /// <summary>Offsets of another type than ours.</summary>
    public static byte[] LongOffsets() => Model(Graph(
        [Node("Neg", ["x"], ["y"])], [Tokens("x", 2), Value("cu_seqlens_n", TensorElementType.Int64, "batch + 1")], [Tokens("y", 2)]));

    /// <summary>Tokens of any width, doubled.</summary>
    public static byte[] Widths() => Model(Graph(
        [Node("Add", ["x", "x"], ["y"])],
        [Value("x", TensorElementType.Float, "total_n", "d"), Offsets()],
        [Value("y", TensorElementType.Float, "total_n", "d")]));

    /// <summary>A result with more offsets than there are examples.</summary>
    public static byte[] TooManyOffsets() => Model(Graph(
        [Node("Identity", ["x"], ["y"]), Node("Concat", ["cu_seqlens_n", "cu_seqlens_n"], ["twice"], IntAttribute("axis", 0)), Node("CumSum", ["twice", "zero"], ["cu_seqlens_y"])],
        [Tokens("x", 1), Offsets()],
        [Tokens("y", 1), Value("cu_seqlens_y", TensorElementType.Int32, "more")],
        [Int64Scalar("zero", 0)]));

    private static Proto Tokens(string name, int width) => Value(name, TensorElementType.Float, "total_n", width);

    private static Proto Offsets() => Value("cu_seqlens_n", TensorElementType.Int32, "batch + 1");
}
