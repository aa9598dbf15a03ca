using System.Collections.Frozen;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes;

namespace Tessera.Compiler.Conformance;

/// <summary>
/// ONNX keeps, beside a test X of an op that is a function, a twin <c>X_expanded</c> whose model is the function's body. A
/// compiler that recognises ops gives the op back from the twin.
/// </summary>
public static class TwinRecovery
{
    private const string Mark = "_expanded";

    // The ops that are worth it, and what a runtime has in their place: a skip norm is a norm of a sum.
    private static readonly FrozenDictionary<string, string[]> s_forms = new Dictionary<string, string[]>
    {
        ["Attention"] = ["Attention", "MultiHeadAttention", "GroupQueryAttention", "PackedAttention"],
        ["FlexAttention"] = ["FlexAttention", "Attention", "MultiHeadAttention", "GroupQueryAttention", "PackedAttention"],
        ["Gelu"] = ["Gelu"],
        ["LayerNormalization"] = ["LayerNormalization", "SkipLayerNormalization"],
        ["LinearAttention"] = ["LinearAttention"],
        ["RMSNormalization"] = ["RMSNormalization", "SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization"],
        ["RotaryEmbedding"] = ["RotaryEmbedding"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Folders of twins among folders of tests, each with that of the test it is a twin of.</summary>
    public static IEnumerable<(string Twin, string Test)> Find(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        Dictionary<string, string> byName = folders.ToDictionary(static f => Path.GetFileName(f)!, StringComparer.Ordinal);
        foreach ((string name, string twin) in byName.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            int at = name.IndexOf(Mark, StringComparison.Ordinal);
            if (at > 0 && byName.TryGetValue(name[..at], out string? test))
            {
                yield return (twin, test);
            }
        }
    }

    /// <summary>How the twin in one folder fares of the test in another; null where one of them cannot be read, too, as a run of it tells.</summary>
    public static TwinResult? Run(string twin, string test, RunWatch? watch = null)
    {
        (NodeTest Twin, NodeTest Test)? both = null;
        return StoredOutputs.Reason(() => both = (new NodeTest(twin), new NodeTest(test))) is null ? Run(both!.Value.Twin, both.Value.Test, watch) : null;
    }

    /// <summary>How the twin of a test fares; null where the test is of another op than those that are recognised.</summary>
    public static TwinResult? Run(NodeTest twin, NodeTest test, RunWatch? watch = null)
    {
        ArgumentNullException.ThrowIfNull(twin);
        ArgumentNullException.ThrowIfNull(test);
        if (test.Model.Graph.Node.Select(static n => n.OpType).FirstOrDefault(s_forms.ContainsKey) is not { } op)
        {
            return null;
        }

        SortedSet<string> rejections = new(StringComparer.Ordinal);
        string? failure = Attempt(twin, op, EmitTarget.Ort, rejections, watch ?? RunWatch.None);
        if (failure is not null && Attempt(twin, op, EmitTarget.Tessera, rejections, watch ?? RunWatch.None) is null)
        {
            failure = null;
        }

        return new TwinResult(twin.Name, test.Name, op, failure, failure is null ? [] : [.. rejections]);
    }

    private static string? Attempt(NodeTest twin, string op, EmitTarget target, SortedSet<string> rejections, RunWatch watch)
    {
        PassContext context = new();
        EmittedModel? emitted = null;
        string? failure = StoredOutputs.Reason(() => emitted = Optimise(twin, target, context));
        rejections.UnionWith(context.Rejections.Select(static r => r.ToString()));
        if (emitted is null)
        {
            return failure;
        }

        return Ops(emitted.Model.Graph).Any(o => s_forms[op].Contains(o))
            ? Differs(twin, emitted, target, watch)
            : $"no {op} among {string.Join(", ", Ops(emitted.Model.Graph).Distinct().Order(StringComparer.Ordinal))}";
    }

    private static EmittedModel Optimise(NodeTest twin, EmitTarget target, PassContext context)
    {
        Graph graph = Pipelines.OneExample.Run(OnnxReader.Read(twin.Model), context);
        return OnnxEmitter.Emit(target == EmitTarget.Ort ? Pipelines.ForOrt.Run(graph, context) : graph, StoredOutputs.Options(twin, target));
    }

    // Where ONNX Runtime does not give the stored outputs for the twin itself, it cannot judge.
    private static string? Differs(NodeTest twin, EmittedModel emitted, EmitTarget target, RunWatch watch)
    {
        string? Against(string what, byte[] model) =>
            StoredOutputs.Reason(() => StoredOutputs.Compare([.. twin.Data()], set => StoredOutputs.Ort(watch, what, model, set)));
        return Against($"{twin.Name}, recovered for {target}", emitted.ToBytes()) is { } reason && Against(twin.Name, twin.Bytes) is null ? reason : null;
    }

    private static IEnumerable<string> Ops(GraphProto graph) => graph.Node.Select(static n => n.OpType)
        .Concat(graph.Node.SelectMany(static n => n.Attribute).Where(static a => a.G is not null).SelectMany(static a => Ops(a.G)));
}
