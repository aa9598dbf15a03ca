using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>
/// How a weight is filled before training. The value of each element depends on seed, path and index alone, so nothing
/// is held, the order of creation does not matter, and bytes are equal on every machine.
/// </summary>
public abstract record Initializer
{
    public static Initializer Zeros { get; } = new ConstantInitializer(0);

    public static Initializer Ones { get; } = new ConstantInitializer(1);

    public static Initializer Constant(double value) => new ConstantInitializer(value);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static Initializer Uniform(double low, double high) => new UniformInitializer(low, high);

    public static Initializer Normal(double mean, double std) => new NormalInitializer(mean, std);

    /// <summary>A normal distribution of this deviation, of which only [−2·std, 2·std] is kept.</summary>
    public static Initializer TruncatedNormal(double std) => new TruncatedNormalInitializer(std);

    /// <summary>Variance gain² · 2/(fan_in + fan_out), uniform (Glorot and Bengio 2010).</summary>
    public static Initializer XavierUniform(double gain = 1) => new VarianceScalingInitializer(gain * gain, FanMode.Average, Distribution.Uniform);

    /// <summary>Variance gain² · 2/(fan_in + fan_out), normal (Glorot and Bengio 2010).</summary>
    public static Initializer XavierNormal(double gain = 1) => new VarianceScalingInitializer(gain * gain, FanMode.Average, Distribution.Normal);

    /// <summary>Variance 2/((1 + a²)·fan), uniform (He et al. 2015). With a = √5, PyTorch's default for linear layers, the bound is 1/√fan_in.</summary>
    public static Initializer KaimingUniform(double negativeSlope = 0, FanMode mode = FanMode.In) =>
        new VarianceScalingInitializer(2 / (1 + (negativeSlope * negativeSlope)), mode, Distribution.Uniform);

    /// <summary>Variance 2/((1 + a²)·fan), normal (He et al. 2015).</summary>
    public static Initializer KaimingNormal(double negativeSlope = 0, FanMode mode = FanMode.In) =>
        new VarianceScalingInitializer(2 / (1 + (negativeSlope * negativeSlope)), mode, Distribution.Normal);

    /// <summary>Variance 1/fan_in, normal cut at two deviations and widened to keep the variance, as Flax does.</summary>
    public static Initializer LecunNormal() => new VarianceScalingInitializer(1, FanMode.In, Distribution.TruncatedNormal);

    /// <summary>The weight at <paramref name="path"/>; its bytes are made when they are read.</summary>
    /// <exception cref="TesseraException">TSR0620: type or sizes do not suit this distribution.</exception>
    public abstract WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed);

    /// <summary>Random values are real numbers: an integer weight has to say which integers it wants.</summary>
    private protected void CheckFloat(DType dtype, string path)
    {
        if (dtype is not (DType.F32 or DType.F64 or DType.F16 or DType.BF16))
        {
            throw new TesseraException("TSR0620", path, $"{this} cannot fill a weight of type {dtype.Text()}.",
                "Random initialisers make f16, bf16, f32 and f64.");
        }
    }
}
