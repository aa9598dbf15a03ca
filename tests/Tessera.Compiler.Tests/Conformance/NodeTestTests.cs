using Tessera.Compiler.Conformance;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Conformance;

/// <summary>The ONNX node tests, stage by stage, against the list of those that are known to fail: it may only shrink.</summary>
public class NodeTestTests
{
    [SkippableFact]
    public void Node_tests_fail_only_where_it_is_known()
    {
        string[] folders = [.. NodeTest.Find(NodeTestData.RequireFolder())];
        ConformanceResult[] results = new ConformanceResult[folders.Length];
        Parallel.For(0, folders.Length, i => results[i] = ConformanceRunner.Run(new NodeTest(folders[i])));
        Golden.Check("conformance/expected-failures.txt", string.Concat(results.SelectMany(Lines)));
    }

    // A stage that runs the written model is held only to what ONNX Runtime can run of the original.
    private static IEnumerable<string> Lines(ConformanceResult result) => result.Failures.Keys
        .Where(s => s < ConformanceStage.Reemitted || result.Runtime is null)
        .Select(s => $"{s} {result.Test}\n");
}
