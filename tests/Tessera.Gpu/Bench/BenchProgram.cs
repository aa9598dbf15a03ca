using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Gpu.Bench;

/// <summary>Times all that is compared on a GPU.</summary>
internal static class BenchProgram
{
    public static IReadOnlyList<string> Groups { get; } = ["floor", "attention", "experts", "layer", "segments"];

    /// <param name="device">Where all sides run.</param>
    /// <param name="ask">What is run.</param>
    /// <param name="rows">Takes the rows.</param>
    public static void Run(IDevice device, BenchAsk ask, RowWriter rows)
    {
        foreach (string group in Groups.Where(g => ask.Group is null || g == ask.Group))
        {
            foreach ((BenchCase c, DType type) in Cases(group, ask.Quick, device.Target.IsCuda))
            {
                new BenchRun(c, device, type, ask).Write(rows);
            }
        }
    }

    private static IEnumerable<(BenchCase Case, DType Type)> Cases(string group, bool quick, bool cuda) => group switch
    {
        "floor" => [(new BenchCase("floor", "one number, f32", Nothing), DType.F32)],
        "attention" => AttentionBench.All(quick),
        "experts" => ExpertBench.All(quick),
        "layer" => LayerBench.All(quick, cuda),
        _ => SegmentBench.All(quick),
    };

    // What a run costs that computes next to nothing: times near it are those of launching.
    private static IEnumerable<(string Name, Func<BenchSide> Open)> Nothing(Tensors tensors)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        byte[] model = OnnxEmitter.Emit(new Graph { Name = "floor", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", g.Add(x, x))] }, new EmitOptions()).ToBytes();
        yield return ("ORT Add", () => new BenchSide(
            "ORT Add", Sessions.Open(model, tensors.Device, new(Kernels: false)), [(BenchCase.Named(("x", tensors.Random(DType.F32, 1, 1))), tensors.Empty(DType.F32, 1))]));
    }
}
