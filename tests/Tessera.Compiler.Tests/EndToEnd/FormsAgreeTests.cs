using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn.Layers;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>One example, dense, padded, packed: in ONNX Runtime each gives every example what the float64 reference gives it alone.</summary>
public class FormsAgreeTests
{
    public static TheoryData<string, Batching> Forms()
    {
        TheoryData<string, Batching> cases = [];
        foreach (string name in TestModels.Names)
        {
            foreach (Batching form in Enum.GetValues<Batching>())
            {
                cases.Add(name, form);
            }
        }

        return cases;
    }

    public static TheoryData<string> Names() => [.. TestModels.Names];

    public static TheoryData<string, DType> Positions()
    {
        TheoryData<string, DType> cases = [];
        foreach (string name in TestModels.PositionNames)
        {
            cases.Add(name, DType.F32);
            cases.Add(name, DType.F16);
        }

        return cases;
    }

    public static TheoryData<EmitTarget, int, Batching> Targets()
    {
        TheoryData<EmitTarget, int, Batching> cases = [];
        foreach (EmitTarget target in Enum.GetValues<EmitTarget>())
        {
            foreach (int opset in new[] { 17, 20, 21, 23, EmitOptions.DefaultOpset })
            {
                cases.Add(target, opset, Batching.Padded);
                cases.Add(target, opset, Batching.Packed);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_form_gives_what_the_reference_gives_alone(string name, Batching form) =>
        Check(name, form, DType.F32, new EmitOptions(), kernels: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bare_session_runs_the_function_bodies_in_f32(string name) =>
        Check(name, Batching.Packed, DType.F32, new EmitOptions(), kernels: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bare_session_runs_the_function_bodies_in_f16(string name) =>
        Check(name, Batching.Packed, DType.F16, new EmitOptions(), kernels: false);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_form_in_f16_lies_within_the_table(string name, Batching form) =>
        Check(name, form, DType.F16, new EmitOptions(), kernels: true);

    [Theory]
    [MemberData(nameof(Positions))]
    public void Every_embedding_of_positions_lies_within_the_table(string name, DType dtype) =>
        Check(name, Batching.Packed, dtype, new EmitOptions(), kernels: true);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Each_target_and_opset_gives_the_same(EmitTarget target, int opset, Batching form)
    {
        Check("navit", form, DType.F32, new EmitOptions { Target = target, Opset = opset }, kernels: true);
        Check("cross encoder", form, DType.F32, new EmitOptions { Target = target, Opset = opset }, kernels: false);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(EmitOptions.DefaultOpset)]
    public void Packed_bodies_at_the_oldest_and_newest_opset_run_bare(int opset) =>
        Check("navit fractional", Batching.Packed, DType.F16, new EmitOptions { Opset = opset }, kernels: false);

    /// <summary>Half precision holds no angle of a far column: 63 · w · 2π lies among numbers 0.25 apart.</summary>
    [Theory]
    [InlineData(PositionKind.Fourier)]
    [InlineData(PositionKind.Sinusoidal)]
    public void Far_positions_in_f16_lie_within_the_table(PositionKind kind)
    {
        using OrtModel model = OrtModel.Open(new PositionModel(kind), Batching.Packed, DType.F16);
        Dictionary<string, RefValue>[] examples = [.. ((long[][])[[0, 1, 62, 63], [63], [31, 47, 59]]).Select(static positions => new Dictionary<string, RefValue>
        {
            ["rows"] = RefTensor.Ints(DType.I64, [positions.Length], [.. positions]),
            ["columns"] = RefTensor.Ints(DType.I64, [positions.Length], [.. positions.Reverse()]),
            ["height"] = RefTensor.Scalar(64),
            ["width"] = RefTensor.Scalar(64),
        })];
        RefTensor[][] reference = model.Reference(examples);
        Closeness.Check(DType.F16, reference, model.Run(examples, reference));
    }

    private static void Check(string name, Batching form, DType dtype, EmitOptions emit, bool kernels)
    {
        using OrtModel model = OrtModel.Open(TestModels.Make(name), form, dtype, emit, kernels);
        Dictionary<string, RefValue>[] examples = Examples.Draw(model.Single, Examples.LengthsFor(form));
        RefTensor[][] reference = model.Reference(examples);
        Closeness.Check(dtype, reference, model.Run(examples, reference));
    }
}
