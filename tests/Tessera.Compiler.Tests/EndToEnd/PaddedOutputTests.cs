using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>What lies behind an example in a padded output is zeros, whatever its elements are; ONNX Runtime chooses among few types.</summary>
public class PaddedOutputTests
{
    public static TheoryData<DType, EmitTarget> Cases()
    {
        TheoryData<DType, EmitTarget> cases = [];
        foreach (DType dtype in (DType[])[DType.Bool, DType.I8, DType.U8, DType.I16, DType.U16, DType.I32, DType.U32, DType.I64, DType.U64, DType.F16, DType.BF16, DType.F32, DType.F64, DType.String])
        {
            cases.Add(dtype, EmitTarget.Tessera);
            cases.Add(dtype, EmitTarget.Portable);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_every_type_run(DType dtype, EmitTarget target)
    {
        CompiledModel model = Compile(dtype, target);
        Verifier.Verify(OnnxReader.Read(model.ToBytes()));
        using ModelSession session = model.OpenSession();
        using RunResult result = session.Run([
            TensorInput.From("x", [1f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [3, 2, 2]),
            TensorInput.From("lengths_n", [2, 0, 1], [3]),
        ]);
        Assert.Equal([3, 2, 2], result["y"].Dims.ToArray());
        if (Numbers(result["y"], dtype) is { } numbers)
        {
            double[] kept = dtype == DType.Bool ? [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0] : [1, 2, 3, 4, 0, 0, 0, 0, 9, 10, 0, 0];
            Assert.Equal(kept, numbers.Select(Math.Abs));
        }
    }

    // ONNX's own Where has none of them.
    [Theory]
    [InlineData(DType.F8E4M3FN)]
    [InlineData(DType.F4E2M1)]
    [InlineData(DType.I4)]
    [InlineData(DType.U4)]
    public void Of_packed_types_are_chosen_as_others(DType dtype)
    {
        CompiledModel model = Compile(dtype, EmitTarget.Portable);
        Assert.Equal(dtype == DType.I4 || dtype == DType.U4 ? DType.I32 : DType.F32, Assert.Single(model.Emitted.Graph.PostOrder().OfType<Where>()).X.DType);
        Assert.Equal(dtype, Assert.Single(OnnxReader.Read(model.ToBytes()).Outputs).Value.DType);
    }

    [Theory]
    [InlineData(DType.C64)]
    [InlineData(DType.C128)]
    public void Of_complex_numbers_are_written(DType dtype)
    {
        GraphBuilder g = new();
        Value x = g.In("x", dtype.Text() + "[n, 2]");
        Graph single = new() { Name = "complex", Builder = g, Inputs = [x], Outputs = [new("y", g.Transpose(x, [1, 0]))], Ragged = ["n"] };
        Graph read = OnnxReader.Read(ModelCompiler.Compile(single, new CompileOptions { Batch = Batching.Padded }).ToBytes());
        Assert.Equal(dtype, Assert.Single(read.PostOrder().OfType<Where>()).Y.DType);
    }

    private static CompiledModel Compile(DType dtype, EmitTarget target)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 2]");
        Value typed = dtype == DType.F32 ? g.Neg(x) : g.Cast(x, dtype);
        Graph single = new() { Name = "typed", Builder = g, Inputs = [x], Outputs = [new("y", typed)], Ragged = ["n"] };
        return ModelCompiler.Compile(single, new CompileOptions { Batch = Batching.Padded, Verify = true, Emit = new EmitOptions { Target = target } });
    }

    private static double[]? Numbers(TensorOutput output, DType dtype) => dtype switch
    {
        DType.Bool => Array.ConvertAll(output.ToArray<bool>(), static x => x ? 1.0 : 0),
        DType.I8 => Array.ConvertAll(output.ToArray<sbyte>(), static x => (double)x),
        DType.U8 => Array.ConvertAll(output.ToArray<byte>(), static x => (double)x),
        DType.I16 => Array.ConvertAll(output.ToArray<short>(), static x => (double)x),
        DType.U16 => Array.ConvertAll(output.ToArray<ushort>(), static x => (double)x),
        DType.I32 => Array.ConvertAll(output.ToArray<int>(), static x => (double)x),
        DType.U32 => Array.ConvertAll(output.ToArray<uint>(), static x => (double)x),
        DType.I64 => Array.ConvertAll(output.ToArray<long>(), static x => (double)x),
        DType.U64 => Array.ConvertAll(output.ToArray<ulong>(), static x => (double)x),
        DType.F16 => Array.ConvertAll(output.ToArray<Half>(), static x => (double)x),
        DType.F32 => Array.ConvertAll(output.ToArray<float>(), static x => (double)x),
        DType.F64 => output.ToArray<double>(),
        _ => null,
    };
}
