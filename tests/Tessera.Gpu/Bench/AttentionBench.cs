using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;

namespace Tessera.Gpu.Bench;

/// <summary>Packed attention against its own body, and against ONNX Runtime's packed and padded ops.</summary>
internal sealed record AttentionBench(Lengths Lengths, int Heads, int HeadDim, DType Type, bool Causal)
{
    private int Width => Heads * HeadDim;

    private int RowBytes => Width * Type.Bits() / 8;

    public static IEnumerable<(BenchCase Case, DType Type)> All(bool quick)
    {
        IEnumerable<AttentionBench> all = quick
            ? [new(new("small", [5, 17, 9]), 2, 16, DType.F32, false), new(new("small", [5, 17, 9]), 2, 16, DType.F32, true)]
            :
            [
                .. from type in (DType[])[DType.BF16, DType.F16]
                   from lengths in (Lengths[])[Lengths.Images(32), Lengths.Equal(16, 1024), Lengths.Equal(8, 2048), Lengths.Equal(4, 4096), Lengths.Equal(2, 8192)]
                   from dim in (int[])[64, 128]
                   from causal in (bool[])[false, true]
                   select new AttentionBench(lengths, lengths.AreEqual ? 2048 / dim : 768 / dim, dim, type, causal),
                new(Lengths.Equal(64, 196), 12, 64, DType.F16, false),
                new(Lengths.Images(32), 12, 64, DType.F32, false),
            ];
        return all.Select(static a => (a.Case(), a.Type));
    }

    private BenchCase Case() => new("attention", $"{Lengths.Name}, H {Heads} D {HeadDim}, {(Causal ? "causal" : "full")}, {Type.Text()}", Open)
    {
        // Two products of a multiplication and an addition each; causal needs half of them.
        Flops = Lengths.Each.Sum(static n => (double)n * n) * 4 * Width * (Causal ? 0.5 : 1),
    };

    private IEnumerable<(string Name, Func<BenchSide> Open)> Open(Tensors tensors)
    {
        long tokens = Lengths.Tokens;
        int sets = BenchCase.Sets(4 * tokens * RowBytes);
        DeviceTensor[][] qkv = [.. Enumerable.Range(0, sets).Select(_ => Enumerable.Range(0, 3).Select(_ => tensors.Random(Type, 1, tokens, Heads, HeadDim)).ToArray())];
        DeviceTensor cu = tensors.Ints(Lengths.Offsets);
        BenchSide Packed(string name, bool kernels) => new(
            name, Sessions.Open(Model(), tensors.Device, new(kernels)),
            [.. qkv.Select(x => (BenchCase.Named(("q", x[0]), ("k", x[1]), ("v", x[2]), ("cu", cu)), tensors.Empty(Type, tokens, Heads, HeadDim)))]);
        yield return (BenchNames.Ours, () => Packed(BenchNames.Ours, kernels: true));
        yield return (BenchNames.Body, () => Packed(BenchNames.Body, kernels: false));
        yield return (BenchNames.Mha, () => Padded(tensors, qkv));
        if (Type is DType.F16 or DType.F32 && !Causal)
        {
            yield return (BenchNames.PackedMha, () => PackedMha(tensors, qkv, cu));
        }
    }

    private byte[] Model()
    {
        GraphBuilder g = new();
        string rows = $"{Type.Text()}[t, {Heads}, {HeadDim}]";
        Value[] inputs = [g.In("q", rows), g.In("k", rows), g.In("v", rows), g.In("cu", "i32[b + 1]")];
        Value y = g.Emit(new PackedAttention(inputs[0], inputs[1], inputs[2], inputs[3], inputs[3]) { Causal = Causal });
        return OnnxEmitter.Emit(new Graph { Name = "attention", Builder = g, Inputs = inputs, Outputs = [new GraphOutput("y", y)] }, new EmitOptions()).ToBytes();
    }

    // Lengths as key mask only where there is padding: without one the fastest kernels are open.
    private BenchSide Padded(Tensors tensors, DeviceTensor[][] qkv)
    {
        long batch = Lengths.Each.Length, longest = Lengths.Longest;
        List<(string, DType, int)> inputs = [("q", Type, 3), ("k", Type, 3), ("v", Type, 3)];
        if (!Lengths.AreEqual)
        {
            inputs.AddRange([("", Type, 0), ("lengths", DType.I32, 1)]);
        }

        byte[] model = ContribModel.Create("MultiHeadAttention", inputs, (Type, 3), ("num_heads", Heads), ("unidirectional", Causal ? 1 : 0));
        DeviceTensor Pad(DeviceTensor packed) => tensors.Of(Type, Lengths.Pad(packed.Download(), RowBytes), batch, longest, Width);
        (string, DeviceTensor)[] mask = Lengths.AreEqual ? [] : [("lengths", tensors.Ints(Lengths.Each))];
        return new(
            BenchNames.Mha, Sessions.Open(model, tensors.Device, new(Kernels: false)),
            [.. qkv.Select(x => (BenchCase.Named([("q", Pad(x[0])), ("k", Pad(x[1])), ("v", Pad(x[2])), .. mask]), tensors.Empty(Type, batch, longest, Width)))],
            padded => Lengths.Unpad(padded, RowBytes));
    }

    private BenchSide PackedMha(Tensors tensors, DeviceTensor[][] qkv, DeviceTensor cu)
    {
        long tokens = Lengths.Tokens;
        byte[] model = ContribModel.Create(
            "PackedMultiHeadAttention", [("q", Type, 2), ("k", Type, 2), ("v", Type, 2), ("", Type, 0), ("places", DType.I32, 2), ("cu", DType.I32, 1)], (Type, 2), ("num_heads", Heads));
        DeviceTensor places = tensors.Ints(Lengths.TokenOffsets(), Lengths.Each.Length, Lengths.Longest);
        DeviceTensor Flat(DeviceTensor heads) => tensors.Of(Type, heads.Download(), tokens, Width);
        return new(
            BenchNames.PackedMha, Sessions.Open(model, tensors.Device, new(Kernels: false)),
            [.. qkv.Select(x => (BenchCase.Named(("q", Flat(x[0])), ("k", Flat(x[1])), ("v", Flat(x[2])), ("places", places), ("cu", cu)), tensors.Empty(Type, tokens, Width)))]);
    }
}
