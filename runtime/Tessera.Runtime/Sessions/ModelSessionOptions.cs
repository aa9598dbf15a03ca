using Microsoft.ML.OnnxRuntime;
using Tessera.Kernels;

namespace Tessera.Runtime;

/// <summary>How a <see cref="ModelSession"/> runs its model. The defaults suit one model on the CPU of a machine of one's own.</summary>
public sealed record ModelSessionOptions
{
    // ONNX Runtime makes as many as it is told to, and the machine stands still.
    private const int MaxThreads = 1024;

    /// <summary>
    /// Whether Tessera's kernels take the place of the <c>ai.tessera</c> nodes. Without them ONNX Runtime
    /// runs the function bodies that the model carries: the same values, more slowly.
    /// </summary>
    public bool UseTesseraKernels { get; init; } = true;

    /// <summary>
    /// Threads that work on one operator, the caller's included. The default is the processors that this process
    /// may use, container limits included (ONNX Runtime's own count overlooks those).
    /// </summary>
    public int IntraOpThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Operators run at the same time; above 1 only helps graphs with wide independent branches.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>
    /// Whether threads wait for work by spinning: the lowest latency on a machine of one's own, wasted time on a
    /// shared one and wherever several sessions run side by side.
    /// </summary>
    public bool AllowSpinning { get; init; } = true;

    /// <summary>What ONNX Runtime's own optimiser may do.</summary>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>Whether freed memory is kept for later runs.</summary>
    public bool UseMemoryArena { get; init; } = true;

    /// <summary>
    /// Whether ONNX Runtime plans memory once for each combination of input shapes. It keeps every plan, so it is
    /// off by default: packed batches hardly ever have the same number of tokens twice.
    /// </summary>
    public bool UseMemoryPattern { get; init; }

    /// <summary>Whether numbers too small for a normalised float become 0, which is faster and no longer IEEE.</summary>
    public bool FlushDenormals { get; init; }

    /// <summary>Where the model runs. A CUDA device needs a build with the CUDA provider.</summary>
    public Device Device { get; init; }

    /// <summary>
    /// The least severe message that ONNX Runtime may write to standard error. Its errors, a cancelled run among them,
    /// come as exceptions anyway.
    /// </summary>
    public OrtLoggingLevel LogLevel { get; init; } = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    /// <summary>Sets whatever else ONNX Runtime offers, after all of the above.</summary>
    public Action<SessionOptions>? Configure { get; init; }

    /// <summary>Disposed with the session, once its last run has ended: the temporary file that it reads, say.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <exception cref="TesseraRuntimeException">TSR0704: no CUDA provider in this build. TSR0705: a value out of range.</exception>
    /// <exception cref="TesseraKernelException">TSR1400 to TSR1404: the device cannot run Tessera's kernels.</exception>
    internal SessionOptions ToSessionOptions()
    {
        Check();
        var options = new SessionOptions();
        try
        {
            Fill(options);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private void Check()
    {
        if (IntraOpThreads is < 1 or > MaxThreads)
            throw RuntimeErrors.BadOption(nameof(IntraOpThreads), IntraOpThreads, $"1 or more, at most {MaxThreads}");
        if (InterOpThreads is < 1 or > MaxThreads)
            throw RuntimeErrors.BadOption(nameof(InterOpThreads), InterOpThreads, $"1 or more, at most {MaxThreads}");
        if (!Device.IsCuda)
            return;
        var available = OrtEnv.Instance().GetAvailableProviders();
        if (!available.Contains("CUDAExecutionProvider"))
            throw RuntimeErrors.ProviderMissing("CUDA", available);
    }

    private void Fill(SessionOptions options)
    {
        options.IntraOpNumThreads = IntraOpThreads;
        options.InterOpNumThreads = InterOpThreads;
        options.ExecutionMode = InterOpThreads > 1 ? ExecutionMode.ORT_PARALLEL : ExecutionMode.ORT_SEQUENTIAL;
        options.GraphOptimizationLevel = Optimization;
        options.EnableCpuMemArena = UseMemoryArena;
        options.EnableMemoryPattern = UseMemoryPattern;
        options.LogSeverityLevel = LogLevel;
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", AllowSpinning ? "1" : "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", AllowSpinning ? "1" : "0");
        options.AddSessionConfigEntry("session.set_denormal_as_zero", FlushDenormals ? "1" : "0");
        if (Device.IsCuda)
            options.AppendExecutionProvider_CUDA(Device.Number);
        if (UseTesseraKernels && Device.IsCuda)
            TesseraOps.Register(options, Device.Number);
        else if (UseTesseraKernels)
            TesseraOps.Register(options);
        Configure?.Invoke(options);
    }
}
