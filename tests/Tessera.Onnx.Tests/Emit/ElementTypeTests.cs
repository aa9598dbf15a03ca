using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Testing;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Each opset has each op for some element types only; what is written keeps to them.</summary>
public class ElementTypeTests
{
    // Older ones are written for nodes that stood there, whose element types they had.
    private const int Oldest = 17;

    private static readonly string[] s_noKernel = ["Could not find an implementation", "Failed to find kernel"];

    public static TheoryData<string, DType> Ops()
    {
        TheoryData<string, DType> data = [];
        foreach (OpSchema schema in OpRegistry.All.Where(static s => s.Samples is not null && s.Onnx?.Rows.Any(static r => r.Domain.Length == 0) == true))
        {
            data.Add(schema.Name, DType.BF16);
            data.Add(schema.Name, DType.F16);
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Ops))]
    public void Narrow_floats_are_taken_by_onnx_runtime_at_every_opset(string op, DType dtype)
    {
        Graph? graph = Narrow(OpRegistry.Find(op)!.Samples!().First(), dtype);
        Skip.If(graph is null, $"{op} is not defined over {dtype.Text()}");
        for (int opset = Oldest; opset <= EmitOptions.MaxOpset; opset++)
        {
            Assert.True(Loads(graph, new EmitOptions { Opset = opset, Target = EmitTarget.Portable, UnboundAsInputs = true }), $"{op} at opset {opset}");
        }
    }

    // A kernel may be missing, an element type may not.
    private static bool Loads(Graph graph, EmitOptions options)
    {
        byte[] model;
        try
        {
            model = OnnxEmitter.Emit(graph, options).ToBytes();
        }
        catch (TesseraException error) when (error.Code == "TSR0440" && (options.Opset < EmitOptions.DefaultOpset || options.Opset < Youngest(graph) || HasSequences(graph)))
        {
            return true;
        }

        try
        {
            using OrtRun run = new(model);
            return true;
        }
        catch (OnnxRuntimeException error) when (s_noKernel.Any(m => error.Message.Contains(m, StringComparison.Ordinal)))
        {
            return true;
        }
    }

    // Some ops are younger than what is written where nothing else is asked for.
    private static int Youngest(Graph graph) => graph.PostOrder().Max(static op => op.Schema.Onnx?.Rows is [_, ..] rows ? rows.Min(static r => r.Since) : 0);

    // ONNX has no sequences of bf16, and nothing stands for them.
    private static bool HasSequences(Graph graph) => graph.PostOrder().SelectMany(static op => op.Outputs).Any(static v => v.Type is SequenceType);

    // The sample with every f32 input and weight of another type; null where the op refuses it.
    private static Graph? Narrow(OpSample sample, DType dtype)
    {
        Graph graph = SampleInputs.Graph(sample);
        GraphBuilder builder = new(graph.Constraints);
        IrType Of(IrType type) => type is TensorType { DType: DType.F32 } tensor ? tensor with { DType = dtype } : type;
        if (!graph.PostOrder().Any(op => op is Input or Parameter && !Of(op.Outputs[0].Type).Equals(op.Outputs[0].Type)))
        {
            return null;
        }

        Dictionary<Value, Value> inputs = graph.Inputs.ToDictionary(static v => v, v => builder.Input(((Input)v.Producer).Name, Of(v.Type)));
        try
        {
            IReadOnlyList<Value> roots = new GraphRebuild(builder).Run(
                graph.Roots, inputs, (op, _) => op is Parameter p ? [builder.Parameter(p.Path, Of(p.Type))] : null);
            return graph with
            {
                Builder = builder,
                Inputs = [.. graph.Inputs.Select(v => inputs[v])],
                Outputs = [.. graph.Outputs.Zip(roots, static (o, v) => o with { Value = v })],
            };
        }
        catch (TesseraException)
        {
            return null;
        }
    }
}
