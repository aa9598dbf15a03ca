using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tessera.Generators.Analyzers;
using Tessera.Generators.Sessions;
using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class RulesTests
{
    [Fact]
    public void Rules_have_distinct_ids_in_order()
    {
        var ids = Rules.All.Select(static r => r.Id).ToArray();
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.Equal(
            typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Count(static f => f.FieldType == typeof(DiagnosticDescriptor)),
            ids.Length);
    }

    [Fact]
    public void Each_rule_belongs_to_one_analyzer()
    {
        var supported = typeof(Rules).Assembly.GetTypes()
            .Where(static t => t.Namespace == typeof(Rules).Namespace && !t.IsAbstract && t.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(static t => ((DiagnosticAnalyzer)Activator.CreateInstance(t)!).SupportedDiagnostics)
            .Select(static d => d.Id)
            .Order(StringComparer.Ordinal);
        Assert.Equal(Rules.All.Select(static r => r.Id), supported);
    }

    [Fact]
    public void Documentation_lists_every_rule()
    {
        var text = Repository.Read("compiler/docs/diagnostics.md");
        Assert.All([.. Rules.All, SessionRules.UnknownModel, SessionRules.NoSession], rule => Assert.Contains($"| {rule.Id} | {rule.DefaultSeverity} | {rule.Title} |", text, StringComparison.Ordinal));
    }
}
