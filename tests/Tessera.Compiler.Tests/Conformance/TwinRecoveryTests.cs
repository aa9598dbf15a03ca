using Tessera.Compiler.Conformance;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Conformance;

/// <summary>Ops that come back from their spelled-out bodies, against the list of those that do not: it may only shrink.</summary>
public class TwinRecoveryTests
{
    [SkippableFact]
    public void Twins_are_lost_only_where_it_is_known()
    {
        (string Twin, string Test)[] twins = [.. TwinRecovery.Find(NodeTest.Find(NodeTestData.RequireFolder()))];
        TwinResult?[] results = new TwinResult?[twins.Length];
        Parallel.For(0, twins.Length, i => results[i] = TwinRecovery.Run(new NodeTest(twins[i].Twin), new NodeTest(twins[i].Test)));
        TwinResult[] counted = [.. results.OfType<TwinResult>()];
        Assert.NotEmpty(counted);
        Golden.Check("conformance/lost-twins.txt", string.Concat(counted.Where(static t => !t.Recovered).Select(static t => $"{t.Op} {t.Twin}\n")));
    }

    [Fact]
    public void Twins_are_paired_with_their_tests_by_name()
    {
        string[] folders = ["/a/test_gelu", "/a/test_gelu_expanded", "/a/test_celu_expanded", "/b/test_x", "/b/test_x_expanded_ver18"];
        Assert.Equal([("/a/test_gelu_expanded", "/a/test_gelu"), ("/b/test_x_expanded_ver18", "/b/test_x")], TwinRecovery.Find(folders));
    }
}
