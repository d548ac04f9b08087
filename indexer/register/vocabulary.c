/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/vocabulary.h"

static const struct vocabulary_pair pairs[] = {
    /* data sets and services */
    {"SUS", "Secondary Uses Service"},
    {"SUS", "Secondary User Services"}, /* as many agreements have it */
    {"HES", "Hospital Episode Statistics"},
    {"APC", "Admitted Patient Care"},
    {"A&E", "Accident and Emergency"},
    {"ECDS", "Emergency Care Data Set"},
    {"IAPT", "Improving Access to Psychological Therapies"},
    {"MHMDS", "Mental Health Minimum Data Set"},
    {"MHLDDS", "Mental Health and Learning Disabilities Data Set"},
    {"MHSDS", "Mental Health Services Data Set"},
    {"CYPHS", "Children and Young People's Health Services"},
    {"CSDS", "Community Services Data Set"},
    {"MSDS", "Maternity Services Data Set"},
    {"DIDS", "Diagnostic Imaging Data Set"},
    {"DIDS", "Diagnostic Imaging Dataset"}, /* as the workbook names it */
    {"CWT", "Cancer Waiting Times"},
    {"NDRS", "National Disease Registration Service"},
    {"NCRAS", "National Cancer Registration and Analysis Service"},
    {"NDA", "National Diabetes Audit"},
    {"NCA", "National Clinical Audit"},
    {"PROMs", "Patient Reported Outcome Measures"},
    {"QOF", "Quality and Outcomes Framework"},
    {"GPES", "General Practice Extraction Service"},
    {"GDPPR", "GPES Data for Pandemic Planning and Research"},
    {"PDS", "Personal Demographics Service"},
    {"MPS", "Master Person Service"},
    {"SHMI", "Summary Hospital-level Mortality Indicator"},
    {"PbR", "Payment by Results"},
    {"JSNA", "Joint Strategic Needs Assessment"},
    {"QIPP", "Quality, Innovation, Productivity and Prevention"},
    /* who commissions, provides, oversees */
    {"NHSD", "NHS Digital"},
    {"NHSE", "NHS England"},
    {"HSCIC", "Health and Social Care Information Centre"},
    {"DHSC", "Department of Health and Social Care"},
    {"ONS", "Office for National Statistics"},
    {"PHE", "Public Health England"},
    {"UKHSA", "UK Health Security Agency"},
    {"CQC", "Care Quality Commission"},
    {"NICE", "National Institute for Health and Care Excellence"},
    {"NIHR", "National Institute for Health and Care Research"},
    {"NIHR", "National Institute for Health Research"},
    {"HQIP", "Healthcare Quality Improvement Partnership"},
    {"CCG", "Clinical Commissioning Group"},
    {"ICB", "Integrated Care Board"},
    {"ICS", "Integrated Care System"},
    {"STP", "Sustainability and Transformation Partnership"},
    {"CSU", "Commissioning Support Unit"},
    {"PCN", "Primary Care Network"},
    {"GP", "General Practitioner"},
    {"GP", "General Practice"},
    {"DSfC", "Data Services for Commissioners"},
    {"DSCRO", "Data Services for Commissioners Regional Office"},
    {"CEfF", "Controlled Environment for Finance"},
    {"TRE", "Trusted Research Environment"},
    {"SDE", "Secure Data Environment"},
    /* law, and the bodies that advise on it */
    {"GDPR", "General Data Protection Regulation"},
    {"DPA", "Data Protection Act"},
    {"DPIA", "Data Protection Impact Assessment"},
    {"COPI", "Control of Patient Information"},
    {"CAG", "Confidentiality Advisory Group"},
    {"HRA", "Health Research Authority"},
    {"REC", "Research Ethics Committee"},
    {"IG", "Information Governance"},
    {"PID", "Patient Identifiable Data"},
    {"PID", "Person Identifiable Data"},
    {"DSA", "Data Sharing Agreement"},
    {"DARS", "Data Access Request Service"},
    {"IGARD", "Independent Group Advising on the Release of Data"},
    {"AGD", "Advisory Group for Data"},
    {"DSPT", "Data Security and Protection Toolkit"},
};

const struct vocabulary_pair *vocabulary_built_in(size_t *ret_count)
{
    *ret_count = sizeof pairs / sizeof *pairs;
    return pairs;
}
