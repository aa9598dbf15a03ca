using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Nn;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>A model compiled in one form and opened in ONNX Runtime; it answers for each example what that form says of it.</summary>
internal sealed class OrtModel : IDisposable
{
    private readonly Batching _form;
    private readonly ModelSession _session;

    private OrtModel(CompiledModel model, Batching form, bool kernels)
    {
        (Compiled, _form) = (model, form);
        _session = model.OpenSession(new ModelSessionOptions { UseTesseraKernels = kernels, IntraOpThreads = 2, AllowSpinning = false });
    }

    public CompiledModel Compiled { get; }

    public Graph Single => Compiled.Single;

    /// <param name="kernels">Whether Tessera's kernels are registered; without them ONNX Runtime runs the function bodies.</param>
    public static OrtModel Open(Module module, Batching form, DType dtype = DType.F32, EmitOptions? emit = null, bool kernels = true) => new(
        ModelCompiler.Compile(module, new CompileOptions { Batch = form, DType = dtype, Seed = 3, Emit = emit ?? new EmitOptions() }), form, kernels);

    /// <summary>The float64 reference of each example alone: <c>[example][output]</c>.</summary>
    public RefTensor[][] Reference(IReadOnlyList<Dictionary<string, RefValue>> examples) =>
        [.. examples.Select(e => Evaluator.Run(Single, e).Cast<RefTensor>().ToArray())];

    /// <summary>What the session says of each example: <c>[example][output]</c>.</summary>
    /// <param name="alone">Tensors of the sizes that each example's results have.</param>
    public double[][][] Run(IReadOnlyList<Dictionary<string, RefValue>> examples, RefTensor[][] alone)
    {
        if (_form == Batching.Single)
        {
            return [.. examples.Select(e => Outputs(e).Select(static t => t.F).ToArray())];
        }

        RefTensor[] batched = Outputs(BatchedForms.Batch(Single, _form, examples));
        return [.. examples.Select((_, i) => batched.Select((t, o) => Part(t, [.. alone.Select(a => a[o])], i, o)).ToArray())];
    }

    public void Dispose() => _session.Dispose();

    private double[] Part(RefTensor batched, RefTensor[] alone, int example, int output) => BatchedForms.Part(
        batched, alone, example, _form, Single.Outputs[output].Value.Shape.Any(d => d.Symbols.Any(Single.Ragged.Contains)));

    private RefTensor[] Outputs(Dictionary<string, RefValue> inputs)
    {
        using RunResult result = _session.Run([.. inputs.Select(static i => OrtTensors.Input(i.Key, (RefTensor)i.Value))]);
        return [.. Single.Outputs.Select(o => OrtTensors.Read(result[o.Name], o.Value.DType))];
    }
}
