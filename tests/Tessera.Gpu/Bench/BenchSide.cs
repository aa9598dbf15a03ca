using Microsoft.ML.OnnxRuntime;
using Tessera.Gpu.Devices;

namespace Tessera.Gpu.Bench;

/// <summary>One way to compute what a case asks for: a session, bound to as many sets of buffers as take turns.</summary>
internal sealed class BenchSide : IDisposable
{
    private readonly InferenceSession _session;
    private readonly BoundRun[] _runs;
    private readonly DeviceTensor _output;
    private readonly Func<byte[], byte[]> _toPacked;

    /// <param name="name">What it is called in rows.</param>
    /// <param name="session">Of its model; it is the side's from here on.</param>
    /// <param name="sets">Inputs and the output of each set, by the model's names.</param>
    /// <param name="toPacked">Brings its result into the layout of the packed one.</param>
    public BenchSide(
        string name, InferenceSession session, IReadOnlyList<(IReadOnlyDictionary<string, DeviceTensor> Inputs, DeviceTensor Output)> sets, Func<byte[], byte[]>? toPacked = null)
    {
        (Name, _session, _output, _toPacked) = (name, session, sets[0].Output, toPacked ?? (static bytes => bytes));
        _runs = [.. sets.Select(s => new BoundRun(session, s.Inputs, new Dictionary<string, DeviceTensor> { [session.OutputNames[0]] = s.Output }))];
    }

    public string Name { get; }

    public int Sets => _runs.Length;

    public void Run(int turn) => _runs[turn % _runs.Length].Run();

    /// <summary>What the first set gave, as the packed side lays it out.</summary>
    public byte[] Result() => _toPacked(_output.Download());

    public void Dispose()
    {
        Array.ForEach(_runs, static r => r.Dispose());
        _session.Dispose();
    }
}
