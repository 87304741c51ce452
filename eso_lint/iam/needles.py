"""Texts by which files are known that can say anything of AWS roles: rules about them are not loaded without."""

AWS_IAM = (
    "aws_iam_", "aws_eks_pod_identity", "iam-role-for-service-accounts", "iam-assumable-role", "eks-pod-identity",
    "eks-blueprints", "AWS::IAM::", "AWS::EKS::PodIdentity", ".services.k8s.aws/", ".aws.upbound.io/",
    ".aws.m.upbound.io/", ".aws.crossplane.io/", "eksctl.io/",
)  # fmt: skip
