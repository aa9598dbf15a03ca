using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Passes;
using static Tessera.Compiler.Conformance.StoredOutputs;

namespace Tessera.Compiler.Conformance;

/// <summary>Takes node tests through import, evaluation, emission and optimisation.</summary>
public static class ConformanceRunner
{
    /// <summary>The test in a folder; one whose model cannot be parsed fails in all stages.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="watch">Is told what is being run.</param>
    public static ConformanceResult Run(string folder, RunWatch? watch = null)
    {
        NodeTest? test = null;
        return Reason(() => test = new NodeTest(folder)) is { } unread ? Unread(Path.GetFileName(folder), unread) : Run(test!, watch);
    }

    private static ConformanceResult Unread(string name, string reason) =>
        new(name, Enum.GetValues<ConformanceStage>().ToDictionary(static s => s, _ => reason), reason);

    public static ConformanceResult Run(NodeTest test, RunWatch? watch = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        watch ??= RunWatch.None;
        SortedDictionary<ConformanceStage, string> failures = [];
        NodeTestSet[] data = [];
        if (Reason(() => data = [.. test.Data()]) is { } unread)
        {
            return Unread(test.Name, unread);
        }

        ReadNotes notes = new();
        Graph? graph = null;
        Check(ConformanceStage.Imported, () => graph = OnnxReader.Read(test.Model, notes: notes));
        string? runtime = Reason(() => Compare(data, set => Ort(watch, test.Name, test.Bytes, set)));
        if (graph is null)
        {
            foreach (ConformanceStage stage in Enum.GetValues<ConformanceStage>())
            {
                failures.TryAdd(stage, "it is not imported");
            }

            return new ConformanceResult(test.Name, failures, runtime);
        }

        if (notes.Carried.FirstOrDefault(static c => c.Op.StartsWith("ai.onnx:", StringComparison.Ordinal)) is { } carried)
        {
            failures.Add(ConformanceStage.Typed, $"{carried.Op}: {carried.Reason}");
        }

        Check(ConformanceStage.Evaluated, () => Compare(data, set => Evaluator.Run(graph, set.Inputs, rounds: true)));
        EmitOptions options = Options(test, EmitTarget.Portable);
        Check(ConformanceStage.Reemitted, () => Compare(data, set => Ort(watch, $"{test.Name}, re-emitted", OnnxEmitter.Emit(graph, options).ToBytes(), set)));
        Check(ConformanceStage.Optimised, () => Compare(data, set => Ort(watch, $"{test.Name}, optimised", Optimised(graph, options), set)));
        return new ConformanceResult(test.Name, failures, runtime);

        void Check(ConformanceStage stage, Action step)
        {
            if (Reason(step) is { } reason)
            {
                failures.Add(stage, reason);
            }
        }
    }

    private static byte[] Optimised(Graph graph, EmitOptions options)
    {
        PassContext context = new();
        return OnnxEmitter.Emit(Pipelines.Batched.Run(Pipelines.OneExample.Run(graph, context), context), options).ToBytes();
    }
}
