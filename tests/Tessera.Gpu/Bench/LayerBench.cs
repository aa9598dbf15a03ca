using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler;
using Tessera.Gpu.Devices;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Gpu.Bench;

/// <summary>A packed layer of NaViT-B, captured as a CUDA graph and not, and padded by ONNX Runtime's own ops.</summary>
internal sealed record LayerBench(Lengths Lengths, int Dim, int Heads, DType Type)
{
    public static IEnumerable<(BenchCase Case, DType Type)> All(bool quick, bool cuda) => quick
        ? [(new LayerBench(new("small", [5, 17, 9]), 32, 2, DType.F32).Case(cuda), DType.F32)]
        :
        [
            .. from type in (DType[])[DType.F16, DType.F32]
               from lengths in (Lengths[])[Lengths.Images(32), Lengths.Images(4), new Lengths("one image", [196])]
               select (new LayerBench(lengths, 768, 12, type).Case(cuda), type),
        ];

    private int RowBytes => Dim * Type.Bits() / 8;

    private BenchCase Case(bool cuda) => new("layer", $"NaViT-B layer, {Lengths.Name}, {Dim} wide, {Type.Text()}", tensors => Open(tensors, cuda))
    {
        Flops = (24.0 * Lengths.Tokens * Dim * Dim) + (4.0 * Lengths.Each.Sum(static n => (double)n * n) * Dim),
    };

    // A captured graph reads where it read when it was captured: one set of buffers for all ways.
    private IEnumerable<(string Name, Func<BenchSide> Open)> Open(Tensors tensors, bool cuda)
    {
        DeviceTensor x = tensors.Random(Type, 1, Lengths.Tokens, Dim), cu = tensors.Ints(Lengths.Offsets);
        Lazy<byte[]> packed = new(() => Model(Batching.Packed, EmitTarget.Tessera));
        BenchSide Packed(string name, SessionKind kind) => new(
            name, Sessions.Open(packed.Value, tensors.Device, kind), [(BenchCase.Named(("x", x), ("cu_seqlens_n", cu)), tensors.Empty(Type, Lengths.Tokens, Dim))]);
        yield return (BenchNames.Ours, () => Packed(BenchNames.Ours, new()));
        if (cuda)
        {
            yield return (BenchNames.Captured, () => Packed(BenchNames.Captured, new(Captured: true)));
        }

        yield return (BenchNames.Body, () => Packed(BenchNames.Body, new(Kernels: false)));
        yield return (BenchNames.Mha, () => Padded(tensors, x));
    }

    private BenchSide Padded(Tensors tensors, DeviceTensor x)
    {
        InferenceSession session = Sessions.Open(Model(Batching.Padded, EmitTarget.Ort), tensors.Device, new(Kernels: false));
        long batch = Lengths.Each.Length, longest = Lengths.Longest;
        DeviceTensor padded = tensors.Of(Type, Lengths.Pad(x.Download(), RowBytes), batch, longest, Dim);
        return new(
            BenchNames.Mha, session, [(BenchCase.Named(("x", padded), ("lengths_n", tensors.Ints(Lengths.Each))), tensors.Empty(Type, batch, longest, Dim))],
            result => Lengths.Unpad(result, RowBytes));
    }

    private byte[] Model(Batching batch, EmitTarget target) => ModelCompiler.Compile(
        new NaViTLayer(Dim, Heads), new CompileOptions { Batch = batch, DType = Type, Seed = 1, Emit = new EmitOptions { Target = target } }).ToBytes();
}
