using Tessera.Compiler.Conformance;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Conformance;

/// <summary>The ONNX node tests, stage by stage, against the list of those that are known to fail: it may only shrink.</summary>
public class NodeTestTests
{
    [SkippableFact]
    public void Node_tests_fail_only_where_it_is_known() => Check(static test => test);

    [SkippableFact]
    public void Names_of_nodes_and_values_change_nothing() => Check(static test => Renaming.Of(test, seed: test.Name.Length));

    private static void Check(Func<NodeTest, NodeTest> change)
    {
        string[] folders = [.. NodeTest.Find(NodeTestData.RequireFolder())];
        ConformanceResult[] results = new ConformanceResult[folders.Length];
        Parallel.For(0, folders.Length, i => results[i] = ConformanceRunner.Run(change(new NodeTest(folders[i]))));
        Golden.Check("conformance/expected-failures.txt", string.Concat(results.SelectMany(Lines)));
        Assert.True(results.Count(static r => r.Runtime is null) >= RunByOnnxRuntime, "ONNX Runtime runs fewer of the originals than before.");
    }

    /// <summary>How many of the tests ONNX Runtime itself passes; the others say nothing of what is written.</summary>
    private const int RunByOnnxRuntime = 819;

    // A stage that runs the written model is held only to what ONNX Runtime can run of the original.
    private static IEnumerable<string> Lines(ConformanceResult result) => result.Failures.Keys
        .Where(s => s < ConformanceStage.Reemitted || result.Runtime is null)
        .Select(s => $"{s} {result.Test}\n");
}
