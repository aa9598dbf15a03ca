using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Parity;

/// <summary>Segment ops over rows from one number to many, and segments from none to longer than a block.</summary>
internal static class SegmentCases
{
    private static readonly (string Name, int[] Lengths, int Columns)[] s_shapes =
    [
        ("mixed", [0, 1, 2, 17, 129, 0, 300, 5], 40),
        ("one column", [3, 0, 700, 1], 1),
        ("wide rows", [33, 31], 769),
        ("thousands of segments", [.. Enumerable.Range(0, 3000).Select(static i => i % 4)], 3),
        ("one long segment", [5000], 7),
    ];

    public static IEnumerable<ParityCase> All(string op, bool quick)
    {
        foreach ((string name, int[] lengths, int columns) in quick ? s_shapes.Take(3) : s_shapes)
        {
            foreach (DType type in quick ? [DType.F32] : (DType[])[DType.F32, DType.F16, DType.BF16, DType.F64])
            {
                foreach (SegmentReduction? kind in op == "SegmentReduce" ? Enum.GetValues<SegmentReduction>().Cast<SegmentReduction?>() : [null])
                {
                    yield return Of(op, $"{name}{(kind is null ? "" : $", {kind}")}, {type.Text()}", lengths, columns, type, kind);
                }
            }
        }
    }

    private static ParityCase Of(string op, string name, int[] lengths, int columns, DType type, SegmentReduction? kind)
    {
        GraphBuilder g = new();
        long[] offsets = new long[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            offsets[i + 1] = offsets[i] + lengths[i];
        }

        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = ParityCases.Floats(type, 3, seed: columns, op == "SegmentExpand" ? lengths.Length : offsets[^1], columns),
            ["cu"] = RefTensor.Ints(DType.I32, [offsets.Length], offsets),
            ["count"] = RefTensor.Scalar(offsets[^1]),
        };
        (Value x, Value cu) = (g.In("x", $"{type.Text()}[{(op == "SegmentExpand" ? "b" : "t")}, {columns}]"), g.In("cu", "i32[b + 1]"));
        return ParityCases.Of(op, name, g, inputs, [g.Emit(op switch
        {
            "SegmentReduce" => new SegmentReduce(x, cu) { Kind = kind!.Value },
            "SegmentExpand" => new SegmentExpand(x, cu, g.In("count", "i64[]")),
            _ => new SegmentSoftmax(x, cu),
        })]);
    }
}
