using System.Diagnostics;
using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>One run of a model on symbolic tensors: the graph under construction, where in the model it is, and its weights.</summary>
public sealed class Tracer
{
    private readonly Dictionary<Parameter, string> _paths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Module, string> _modules = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _scopes = new();

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

    internal Tensor Emit(Func<GraphBuilder, Op> op)
    {
        Builder.Source = Here();
        return new Tensor(this, Builder.Emit(op(Builder)));
    }

    /// <summary>Runs graph-building code at the C# line that called into the library.</summary>
    internal Tensor Build(Func<GraphBuilder, Value> build)
    {
        Builder.Source = Here();
        return new Tensor(this, build(Builder));
    }

    /// <summary>The same for code that makes several results.</summary>
    internal IReadOnlyList<Tensor> BuildAll(Func<GraphBuilder, IReadOnlyList<Value>> build)
    {
        Builder.Source = Here();
        return [.. build(Builder).Select(v => new Tensor(this, v))];
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

    // The innermost frame outside this library is the line the model's author wrote.
    private SourceLocation Here()
    {
        StackTrace stack = new(skipFrames: 2, fNeedFileInfo: true);
        foreach (StackFrame frame in stack.GetFrames())
        {
            if (frame.GetFileName() is { } file && !IsCompiler(frame))
            {
                return new SourceLocation(Scope, file, frame.GetFileLineNumber());
            }
        }

        return new SourceLocation(Scope);
    }

    internal static bool IsCompiler(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType?.Assembly.GetName().Name is "Tessera.Ir" or "Tessera.Nn" or "Tessera.Compiler" or "tessera";
}
