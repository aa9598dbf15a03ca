using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Of <c>boxes[N, B, 4]</c> with <c>scores[N, C, B]</c>, for each image and class, those of highest score that overlap none chosen before by
/// more than a threshold (intersection over union), best first: rows (image, class, box), <c>i64[k, 3]</c>.
/// </summary>
[Op("non_max_suppression")]
public sealed partial record NonMaxSuppression(Value Boxes, Value Scores, Value? MaxBoxes, Value? IouThreshold, Value? ScoreThreshold) : Op
{
    /// <summary>Boxes are (x, y, width, height) around their centre, else (y1, x1, y2, x2), any two opposite corners.</summary>
    public bool CenterPointBox { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => context.ShapeOf(Boxes).Rank == 3 && context.ShapeOf(Scores).Rank == 3 && Boxes.DType == DType.F32 && Scores.DType == DType.F32
        ? [new TensorType(DType.I64, [context.Fresh(0, 0), 3])]
        : throw context.Error("TSR0203", $"boxes must be f32 [N, B, 4] and scores f32 [N, C, B]; they are {Boxes.Type} and {Scores.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor boxes, RefTensor scores) = (context.Tensor(0), context.Tensor(1));
        long most = context.OptionalTensor(2)?.I[0] ?? 0;
        double overlap = context.OptionalTensor(3)?.F[0] ?? 0;
        double? least = context.OptionalTensor(4)?.F[0];
        List<long> rows = [];
        for (long image = 0; image < scores.Dims[0]; image++)
        {
            for (long @class = 0; @class < scores.Dims[1]; @class++)
            {
                long first = ((image * scores.Dims[1]) + @class) * scores.Dims[2];
                foreach (long box in Chosen(boxes, scores, image * boxes.Dims[1], first, most, overlap, least))
                {
                    rows.AddRange([image, @class, box]);
                }
            }
        }

        return [RefTensor.Ints(DType.I64, [rows.Count / 3, 3], [.. rows])];
    }

    private List<long> Chosen(RefTensor boxes, RefTensor scores, long firstBox, long firstScore, long most, double overlap, double? least)
    {
        List<long> chosen = [];
        IEnumerable<long> order = Enumerable.Range(0, (int)scores.Dims[2]).Select(static i => (long)i)
            .Where(i => least is null || scores.F[firstScore + i] > least)
            .OrderByDescending(i => scores.F[firstScore + i]);
        foreach (long box in order)
        {
            if (chosen.Count >= most)
            {
                break;
            }

            if (chosen.All(other => Overlap(Corners(boxes, firstBox + box), Corners(boxes, firstBox + other)) <= overlap))
            {
                chosen.Add(box);
            }
        }

        return chosen;
    }

    private (double Top, double Left, double Bottom, double Right) Corners(RefTensor boxes, long box)
    {
        ReadOnlySpan<double> b = boxes.F.AsSpan((int)box * 4, 4);
        return CenterPointBox
            ? (b[1] - (b[3] / 2), b[0] - (b[2] / 2), b[1] + (b[3] / 2), b[0] + (b[2] / 2))
            : (Math.Min(b[0], b[2]), Math.Min(b[1], b[3]), Math.Max(b[0], b[2]), Math.Max(b[1], b[3]));
    }

    private static double Overlap((double Top, double Left, double Bottom, double Right) a, (double Top, double Left, double Bottom, double Right) b)
    {
        double height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        double width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        double both = Math.Max(height, 0) * Math.Max(width, 0);
        double union = ((a.Bottom - a.Top) * (a.Right - a.Left)) + ((b.Bottom - b.Top) * (b.Right - b.Left)) - both;
        return union <= 0 ? 0 : both / union;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("how many boxes it keeps differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("NonMaxSuppression", 10, OnnxAttr.Of("center_point_box"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("corners", static g => [g.NonMaxSuppression(Given(g), g.In("s", "f32[1, 2, 3]"), g.Ints(2), g.Constant(TensorContent.From(DType.F32, [1], [0.5f])), null)]),
        new("thresholds", static g => [g.NonMaxSuppression(Given(g), g.In("s", "f32[1, 1, 3]"), g.Ints(3), g.Constant(TensorContent.From(DType.F32, [1], [0.2f])), g.Constant(TensorContent.From(DType.F32, [1], [0f])))]),
        new("centres", static g => [g.NonMaxSuppression(Given(g), g.In("s", "f32[1, 2, 3]"), g.Ints(3), g.Constant(TensorContent.From(DType.F32, [1], [0.3f])), null, centerPointBox: true)]),
    ];

    private static Value Given(GraphBuilder g) => g.Constant(TensorContent.From(DType.F32, [1, 3, 4], [0f, 0, 1, 1, 0, 0.1f, 1, 1.1f, 0, 10, 1, 11]));
}
