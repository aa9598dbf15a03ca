using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;

namespace Tessera.Gpu.Bench;

/// <summary>Segment ops, which read and write as much as they must: against their bodies, by bytes a second.</summary>
internal sealed record SegmentBench(string Op, Lengths Lengths, int Width, DType Type)
{
    public static IEnumerable<(BenchCase Case, DType Type)> All(bool quick)
    {
        Lengths[] lengths = quick ? [new("small", [5, 0, 17, 9])] : [Lengths.Images(64), Lengths.Equal(2048, 24), Lengths.Equal(2, 16384)];
        return
            from op in (string[])["SegmentReduce", "SegmentSoftmax"]
            from l in lengths
            from type in quick ? [DType.F32] : (DType[])[DType.F16, DType.F32]
            select (new SegmentBench(op, l, quick ? 24 : 768, type).Case(), type);
    }

    private long OutputRows => Op == "SegmentReduce" ? Lengths.Each.Length : Lengths.Tokens;

    private BenchCase Case() => new("segments", $"{Op}, {Lengths.Name}, {Width} wide, {Type.Text()}", Open)
    {
        Bytes = (double)(Lengths.Tokens + OutputRows) * Width * Type.Bits() / 8,
    };

    private IEnumerable<(string Name, Func<BenchSide> Open)> Open(Tensors tensors)
    {
        int sets = BenchCase.Sets((Lengths.Tokens + OutputRows) * Width * Type.Bits() / 8);
        DeviceTensor cu = tensors.Ints(Lengths.Offsets);
        DeviceTensor[] x = [.. Enumerable.Range(0, sets).Select(_ => tensors.Random(Type, 1, Lengths.Tokens, Width))];
        BenchSide Side(string name, bool kernels) => new(
            name, Sessions.Open(Model(), tensors.Device, new(kernels)), [.. x.Select(one => (BenchCase.Named(("x", one), ("cu", cu)), tensors.Empty(Type, OutputRows, Width)))]);
        yield return (BenchNames.Ours, () => Side(BenchNames.Ours, kernels: true));
        yield return (BenchNames.Body, () => Side(BenchNames.Body, kernels: false));
    }

    private byte[] Model()
    {
        GraphBuilder g = new();
        (Value x, Value cu) = (g.In("x", $"{Type.Text()}[t, {Width}]"), g.In("cu", "i32[b + 1]"));
        Value y = Op == "SegmentReduce" ? g.Emit(new SegmentReduce(x, cu) { Kind = SegmentReduction.Mean }) : g.Emit(new SegmentSoftmax(x, cu));
        return OnnxEmitter.Emit(new Graph { Name = "segments", Builder = g, Inputs = [x, cu], Outputs = [new GraphOutput("y", y)] }, new EmitOptions()).ToBytes();
    }
}
