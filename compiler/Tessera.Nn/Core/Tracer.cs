using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>One run of a model on symbolic tensors: the graph under construction, where in the model it is, and its weights.</summary>
public sealed class Tracer
{
    private readonly Dictionary<Parameter, string> _paths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Module, string> _modules = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _scopes = new();
    private readonly AuthorLines _lines = new();

    internal Tracer(Module root, GraphBuilder builder, DType dtype)
    {
        Builder = builder;
        DType = dtype;
        foreach ((string path, Module module) in ModuleTree.Modules(root))
        {
            _modules.TryAdd(module, path);
        }

        foreach ((string path, Parameter parameter) in ModuleTree.Parameters(root))
        {
            _paths.TryAdd(parameter, path);
        }
    }

    public GraphBuilder Builder { get; }

    /// <summary>Element type in which weights enter the graph.</summary>
    public DType DType { get; }

    internal string Scope => _scopes.TryPeek(out string? scope) ? scope : "";

    internal Tensor Emit(Func<GraphBuilder, Op> op) => EmitAll(op) is [var only]
        ? only
        : throw new InvalidOperationException("The op has more than one result.");

    /// <summary>Emits an op of any number of results.</summary>
    internal IReadOnlyList<Tensor> EmitAll(Func<GraphBuilder, Op> op)
    {
        SourceLocation here = Here();
        Builder.Source = here;
        Op made = op(Builder);
        foreach (Value? operand in made.Operands)
        {
            RequireOwn(operand, made.Schema.Name, here.ToString());
        }

        return [.. Builder.EmitAll(made).Select(v => new Tensor(this, v))];
    }

    /// <summary>Runs graph-building code at the C# line that called into the library.</summary>
    internal Tensor Build(Func<GraphBuilder, Value> build)
    {
        Builder.Source = Here();
        return new Tensor(this, build(Builder));
    }

    /// <summary>Refuses a value of another trace, which one kept from an earlier run of <c>Forward</c> is.</summary>
    /// <exception cref="TesseraException">TSR0611.</exception>
    internal void RequireOwn(Value? value, string what, string place)
    {
        if (value is not null && !Builder.Owns(value))
        {
            throw new TesseraException(
                "TSR0611",
                place,
                $"{what}: {value.Type}, made at {(value.Source is { } made && made.ToString().Length > 0 ? made : "an unknown place")}, belongs to the trace of another model.",
                "Keep no Tensor between runs of Forward; make it anew, or keep a Parameter.");
        }
    }

    internal Tensor Wrap(Value value) => new(this, value);

    internal Tensor Weight(Parameter parameter) => _paths.TryGetValue(parameter, out string? path)
        ? Emit(_ => new Ir.Ops.Parameter { Path = path, Type = new TensorType(parameter.DType ?? DType, parameter.Shape) })
        : throw new TesseraException(
            "TSR0601",
            Scope,
            $"a weight {parameter} is used that belongs to no module of the model.",
            "Keep it in a property of a [Module] class that the model reaches.");

    internal Scope Enter(Module module)
    {
        _scopes.Push(_modules.TryGetValue(module, out string? path) ? path : Scope);
        return new Scope(this);
    }

    internal void Leave() => _scopes.Pop();

    /// <summary>Where in the model and its source the trace is: the innermost frame outside this library is the line the author wrote.</summary>
    internal SourceLocation Here() => _lines.Here() is ({ } file, var line) ? new SourceLocation(Scope, file, line) : new SourceLocation(Scope);
}
