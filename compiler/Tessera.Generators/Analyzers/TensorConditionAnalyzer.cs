using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Analyzers;

/// <summary>
/// Control flow on tensor data. The compiler refuses most of it too, but only says that a Tensor is no bool; here the user
/// reads why and what to write instead.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TensorConditionAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TensorCondition, Rules.TensorIdentity];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            Analyze,
            OperationKind.Conditional, OperationKind.Loop, OperationKind.Binary, OperationKind.Conversion,
            OperationKind.ConstantPattern, OperationKind.RelationalPattern);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        foreach (var data in TensorsDecidedOn(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.TensorCondition, data.Syntax.GetLocation(), data.Syntax.ToString()));
        }

        if (context.Operation is IBinaryOperation
            {
                OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, OperatorMethod: null,
            } comparison
            && IsData(comparison.LeftOperand) && IsData(comparison.RightOperand))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.TensorIdentity, comparison.Syntax.GetLocation(), comparison.Syntax.ToString()));
        }
    }

    private static IEnumerable<IOperation> TensorsDecidedOn(IOperation operation) => operation switch
    {
        IConditionalOperation { Condition: var c } => Condition(c),
        IWhileLoopOperation { Condition: { } c } => Condition(c),
        IForLoopOperation { Condition: { } c } => Condition(c),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both =>
            Condition(both.LeftOperand).Concat(Condition(both.RightOperand)),
        IConversionOperation { Type.SpecialType: SpecialType.System_Boolean, Operand: var t } when t.Type.IsTensor() => [t],
        IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: not null } } p when p.InputType.IsTensor() => [p],
        IRelationalPatternOperation p when p.InputType.IsTensor() => [p],
        _ => [],
    };

    /// <summary>The condition, where it is a tensor itself; conversions are seen on their own.</summary>
    private static IEnumerable<IOperation> Condition(IOperation condition) => condition.Type.IsTensor() ? [condition] : [];

    private static bool IsData(IOperation operand)
    {
        var bare = operand;
        while (bare is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion)
        {
            bare = conversion.Operand;
        }

        return bare.Type.IsTensor() && bare.ConstantValue is not { HasValue: true, Value: null };
    }
}
