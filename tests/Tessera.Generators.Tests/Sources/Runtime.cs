// The least of Tessera.Nn that generated code touches.
using System;
using System.Collections;
using System.Collections.Generic;

namespace Tessera.Nn;

public sealed class Tensor
{
    public int Rank => 0;

    public Tensor Apply(ILayer layer) => layer.Apply(this);

    public static Tensor operator +(Tensor a, Tensor b) => a;

    public static Tensor operator >(Tensor a, float b) => a;

    public static Tensor operator <(Tensor a, float b) => a;
}

public interface ILayer
{
    Tensor Apply(Tensor x);
}

public abstract class Module
{
    public virtual IEnumerable<ModuleMember> Members => [];

    public virtual ModuleSignature? Signature => null;

    protected virtual IReadOnlyList<NamedTensor> Trace(IReadOnlyList<Tensor> inputs) => throw new InvalidOperationException();

    protected Scope Enter(Tensor any) => default;

    protected string Describe(string header) => header;

    public readonly struct Scope : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

public readonly record struct ModuleMember(string Name, object Member);

public sealed record NamedTensor(string Name, Tensor Value);

public sealed record InputDeclaration(string Name, string Type);

public sealed record ModuleSignature(IReadOnlyList<InputDeclaration> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<string> Ragged)
{
    public IReadOnlyList<string> Constraints { get; init; } = [];

    public IReadOnlyList<OutputDeclaration> DeclaredOutputs { get; init; } = [];
}

public sealed record OutputDeclaration(string Name, string Type);

public sealed class Parameter(params int[] dims)
{
    public int[] Dims { get; } = dims;
}

public sealed class ModuleList<T>(IReadOnlyList<T> items) : IReadOnlyList<T>
    where T : Module
{
    public int Count => items.Count;

    public T this[int index] => items[index];

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
