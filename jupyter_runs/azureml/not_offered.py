"""Which names that SDK has and jupyter_runs does not offer: they can be imported, and say so when they are used."""

from __future__ import annotations

_ABSENT = "jupyter_runs.azureml.absent"

_NAMES = {
    "azureml.automl.core": "",
    "azureml.automl.core.featurization": "FeaturizationConfig",
    "azureml.automl.core.forecasting_parameters": "ForecastingParameters",
    "azureml.automl.core.shared": "constants",
    "azureml.contrib.notebook": "AzureMLNotebookHandler NotebookRunConfig NotebookRunnerStep",
    "azureml.contrib.pipeline.steps": "ParallelRunConfig ParallelRunStep",
    "azureml.contrib.services.aml_request": "AMLRequest rawhttp",
    "azureml.contrib.services.aml_response": "AMLResponse",
    "azureml.core": "Dataset Datastore Image Keyvault LinkedService Webservice "
    "SynapseWorkspaceLinkedServiceConfiguration",
    "azureml.core.authentication": "Audience ArmTokenAuthentication",
    "azureml.core.compute": "AdlaCompute AksCompute BatchCompute ComputeInstance DatabricksCompute "
    "DataFactoryCompute DsvmCompute HDInsightCompute KubernetesCompute KustoCompute RemoteCompute SynapseCompute",
    "azureml.core.container_registry": "ContainerRegistry",
    "azureml.core.databricks": "EggLibrary JarLibrary MavenLibrary PyPiLibrary RCranLibrary",
    "azureml.core.dataset": "Dataset",
    "azureml.core.datastore": "Datastore",
    "azureml.core.image": "ContainerImage Image",
    "azureml.core.keyvault": "Keyvault",
    "azureml.core.linked_service": "LinkedService SynapseWorkspaceLinkedServiceConfiguration",
    "azureml.core.model": "InferenceConfig ModelPackage ResourceConfiguration",
    "azureml.core.private_endpoint": "PrivateEndPoint PrivateEndPointConfig",
    "azureml.core.resource_configuration": "ResourceConfiguration",
    "azureml.core.runconfig": "Data DataLocation JarLibrary MavenLibrary OutputData PyPiLibrary SparkConfiguration",
    "azureml.core.webservice": "AciWebservice AksEndpoint AksWebservice LocalWebservice Webservice",
    "azureml.data": "FileDataset HDFSOutputDatasetConfig TabularDataset",
    "azureml.data.azure_storage_datastore": "AzureBlobDatastore AzureFileDatastore",
    "azureml.data.data_reference": "DataReference",
    "azureml.data.datapath": "DataPath DataPathComputeBinding",
    "azureml.data.dataset_consumption_config": "DatasetConsumptionConfig",
    "azureml.data.dataset_factory": "DataType FileDatasetFactory TabularDatasetFactory",
    "azureml.data.sql_data_reference": "SqlDataReference",
    "azureml.datadrift": "AlertConfiguration DataDriftDetector",
    "azureml.explain.model.tabular_explainer": "TabularExplainer",
    "azureml.interpret": "ExplanationClient",
    "azureml.interpret.scoring.scoring_explainer": "LinearScoringExplainer TreeScoringExplainer save",
    "azureml.opendatasets": "Diabetes MNIST NoaaIsdWeather NycTlcGreen NycTlcYellow PublicHolidays",
    "azureml.pipeline.core": "PipelineDraft PipelineEndpoint PublishedPipeline Schedule ScheduleRecurrence "
    "TrainingOutput",
    "azureml.pipeline.core.builder": "PipelineStep",
    "azureml.pipeline.core.graph": "InputPortDef OutputPortDef",
    "azureml.pipeline.core.module": "Module",
    "azureml.pipeline.core.schedule": "Schedule ScheduleRecurrence",
    "azureml.pipeline.steps": "AdlaStep AutoMLStep AzureBatchStep DataTransferStep DatabricksStep EstimatorStep "
    "HyperDriveStep HyperDriveStepRun KustoStep ModuleStep MpiStep ParallelRunConfig ParallelRunStep "
    "RScriptStep SynapseSparkStep",
    "azureml.train.automl": "AutoMLConfig",
    "azureml.train.automl.automlconfig": "AutoMLConfig",
    "azureml.train.automl.run": "AutoMLRun",
    "azureml.train.dnn": "Chainer Gloo Mpi Nccl ParameterServer PyTorch TensorFlow",
    "azureml.train.estimator": "Estimator",
    "azureml.train.rl": "ReinforcementLearningEstimator Ray",
    "azureml.train.sklearn": "SKLearn",
}

NOT_OFFERED = {
    module: {name: f"{_ABSENT}:{name}" for name in names.split()}
    for module, names in _NAMES.items()
}

# whole parts of that SDK: what is not in the table is not offered either, and is not looked for elsewhere
PARTS = (
    "azureml.automl",
    "azureml.contrib",
    "azureml.datadrift",
    "azureml.dataprep",
    "azureml.explain",
    "azureml.interpret",
    "azureml.mlflow",
    "azureml.opendatasets",
    "azureml.train.automl",
    "azureml.train.rl",
    "azureml.train.dnn",
)


def is_absent(where: str) -> bool:
    """Tell whether a name of the table leads to what is not offered."""
    return where.startswith(_ABSENT)
